// A receiver of audit events, as the configuration describes it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace kmaas::siem {

enum class TransportKind {
  kSyslogTls,  // RFC 5424 over TLS (RFC 5425)
  kSyslogTcp,  // RFC 5424 over TCP (RFC 6587, octet counting)
  kHttps,      // the shape of Splunk's HTTP Event Collector
  kFile,
};
enum class FormatKind { kCloudTrail, kCef, kLeef, kOcsf, kEcs, kWazuh };

// Which events a destination gets. What it does not get shows as gaps in the sequence numbers.
enum class EventFilter {
  kAll,
  kManagement,  // all but the use of keys on data
  kChanges,     // what is not read-only, and what the service did itself
  kFailed,      // what has an error
  kDenied,      // refused for credentials or rights
};

// The documentation's enterprise number (RFC 5612): good for tests, not for a product.
inline constexpr std::uint32_t kDocumentationEnterprise = 32'473;

struct Destination {
  std::string name;  // names the cursor file: letters, digits, hyphens, underscores
  TransportKind transport = TransportKind::kSyslogTls;
  FormatKind format = FormatKind::kCloudTrail;
  EventFilter events = EventFilter::kAll;
  std::string host;  // a DNS name or an address; the certificate must be for it
  std::uint16_t port = 0;
  std::string ca;           // PEM: the only authorities that vouch for the receiver
  std::string certificate;  // PEM chain that kmaas shows; with syslog_tls required
  std::string private_key;
  std::string token_file;                          // https
  std::string path = "/services/collector/event";  // https
  std::string file;                                // file
  std::uint32_t facility = 13;                     // syslog: log audit
  std::string app_name = "kmaas";                  // syslog
  std::uint32_t enterprise = kDocumentationEnterprise;
  std::chrono::seconds heartbeat{60};  // silence that is filled; 0: none
  // How long a syslog connection must stay open, all of it acknowledged by TCP, before what was
  // sent counts as delivered.
  std::chrono::milliseconds settle{2000};
  bool operator==(const Destination&) const = default;
};

}  // namespace kmaas::siem
