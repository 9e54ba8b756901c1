// Client certificates as proof of identity: which name in a certificate acts as which principal.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/principal.h"
#include "ports/credential_source.h"

namespace kmaas::identity {

// The names of a certificate that rules may speak of. Source: RFC 5280 sections 4.1.2.6 and
// 4.2.1.6. A name that holds a NUL is left out.
struct CertificateNames {
  std::vector<std::string> uris;
  std::vector<std::string> dns;  // in lower case
  std::string subject;           // RFC 4514: "CN=backup,O=Example"
  WallTime not_before{};
  WallTime not_after{};
};
// Of the first certificate. kUnrecognizedClient for text without one in PEM.
Result<CertificateNames> ReadCertificateNames(std::string_view pem);

// DNS names are compared without regard to case (RFC 4343).
std::string LowerCaseDns(std::string name);

// Whoever proves this name acts as this principal. Names are compared whole: no wildcards, no
// prefixes; DNS names without regard to case.
struct CertificateRule {
  enum class Name { kUri, kDns, kSubject };
  Name name = Name::kUri;
  std::string value;
  std::string principal_arn;
};

// Rules that were checked, for CertificateAuthenticator::Take. Made by Sort alone.
class SortedRules {
 public:
  // Fails on a rule with an empty part, and when two rules give one name to two principals.
  static Result<SortedRules> Sort(const std::vector<CertificateRule>& rules);

 private:
  friend class CertificateAuthenticator;
  using RuleMap = std::unordered_map<std::string, std::string>;  // name -> principal

  RuleMap by_uri_;
  RuleMap by_dns_;
  RuleMap by_subject_;
};

// Thread-safe. Believes that the certificate was verified against the client CA: that is the
// transport's part.
class CertificateAuthenticator {
 public:
  // Borrows source and clock. Fails as SortedRules::Sort does.
  static Result<std::unique_ptr<CertificateAuthenticator>> Create(
      const std::vector<CertificateRule>& rules, ports::CredentialSource& credentials,
      const Clock& clock);

  // Other rules in place of those in force, from the next call on.
  void Take(SortedRules rules) noexcept;

  // The principal behind the leaf certificate. kMissingAuthenticationToken for an empty text,
  // kUnrecognizedClient when no rule fits, when the names fit several principals, when the
  // principal does not exist, and outside the validity of the certificate, which a connection may
  // outlive.
  Result<domain::Principal> Authenticate(std::string_view pem);

 private:
  // What the rules say about a certificate: for ever the same, so looked up once when it fits.
  struct Verdict {
    std::string principal_arn;  // empty: refused
    std::string why;            // for the log
    WallTime not_before{};
    WallTime not_after{};
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  CertificateAuthenticator(ports::CredentialSource& credentials, const Clock& clock)
      : credentials_(credentials), clock_(clock) {}
  std::shared_ptr<const Verdict> VerdictOn(std::string_view pem);
  // With the mutex held.
  Verdict Judge(const CertificateNames& names) const;

  ports::CredentialSource& credentials_;
  const Clock& clock_;
  std::shared_mutex mutex_;  // guards what follows
  SortedRules rules_;
  std::uint64_t replaced_ = 0;  // times
  std::unordered_map<std::string, std::shared_ptr<const Verdict>, TextHash, std::equal_to<>>
      verdicts_;  // by PEM
};

}  // namespace kmaas::identity
