// Pushes batches of events over HTTPS in the shape of Splunk's HTTP Event Collector.
#pragma once

#include <memory>
#include <string>

#include "base/secret_bytes.h"
#include "siem/transport/stream.h"
#include "siem/transport/syslog_transport.h"
#include "siem/transport/transport.h"

namespace kmaas::siem {

struct HttpsSettings {
  std::string host;  // as the Host header has it
  std::string path;
  std::string token_file;  // mode 0600 or stricter, one line; read at each connection
  std::string source_type;
  std::string origin_host;
};

// An answer with status 200 and code 0 confirms a batch. Every other answer is a failure, so its
// batch is sent again.
class HttpsTransport final : public Transport {
 public:
  HttpsTransport(HttpsSettings settings, StreamMaker connect);

  Result<void> Connect() override;
  Result<void> Send(const std::vector<Message>& messages) override;
  Result<std::uint64_t> Confirmed() override { return confirmed_; }
  void Close() override;

 private:
  Result<void> Post(const std::string& body);

  HttpsSettings settings_;
  StreamMaker connect_;
  std::unique_ptr<Stream> stream_;
  SecretBytes token_;
  std::uint64_t confirmed_ = 0;
};

// The token alone, from a file that others may not read.
Result<SecretBytes> ReadTokenFile(const std::string& path);

}  // namespace kmaas::siem
