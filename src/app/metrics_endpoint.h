// The listener that metrics are read from.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "app/config.h"
#include "app/metrics_handler.h"
#include "base/clock.h"
#include "base/result.h"
#include "frontends/http/server.h"

namespace kmaas::app {

// The token that readers must show; empty when the configuration names no file. kValidation names
// the setting and the file.
Result<SecretBytes> ReadMetricsToken(const MetricsConfig& metrics);

// Thread-safe. Serves until it is destroyed, which waits for a page that is being made.
class MetricsEndpoint {
 public:
  // `make_page` is called on a thread of the endpoint's, one at a time. Borrows the clock. A
  // `listener` that is open is used in place of an own one. Fails with the setting and the reason.
  static Result<std::unique_ptr<MetricsEndpoint>> Start(const Config& config,
                                                        std::function<std::string()> make_page,
                                                        const Clock& clock,
                                                        const ListeningSocket& listener = {});

  std::uint16_t port() const { return server_->port(); }
  // As http::Server.
  Result<bool> ReloadCertificateIfChanged() { return server_->ReloadCertificateIfChanged(); }
  Result<http::FreshCertificate> ReadCertificate() { return server_->ReadCertificate(); }
  void Take(http::FreshCertificate fresh) noexcept { server_->Take(std::move(fresh)); }
  void ReplaceToken(SecretBytes token) noexcept { handler_.ReplaceToken(std::move(token)); }
  bool Drain(std::chrono::milliseconds span) { return server_->Drain(span); }

 private:
  MetricsEndpoint(std::function<std::string()> make_page, SecretBytes token, const Clock& clock)
      : handler_(std::move(make_page), std::move(token), clock) {}

  MetricsHandler handler_;
  std::unique_ptr<http::Server> server_;  // last: it uses the handler
};

}  // namespace kmaas::app
