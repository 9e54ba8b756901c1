#include "app/metrics_endpoint.h"

#include <utility>

#include "app/metrics_settings.h"
#include "app/pin.h"

namespace kmaas::app {
namespace {

constexpr std::size_t kTokenBytesMin = 16;
constexpr std::size_t kConnectionsMax = 16;
constexpr std::size_t kBodyBytesMax = 1024;  // nobody sends one

http::ServerOptions ToOptions(const Config& config, const ListeningSocket& listener) {
  http::ServerOptions options;
  if (listener.is_open()) options.listener = &listener;
  options.address = config.metrics.address;
  options.port = config.metrics.port;
  options.tls = !IsLoopback(config.metrics.address);
  options.certificate_file = config.https.certificate;
  options.private_key_file = config.https.private_key;
  options.threads = 1;
  options.running_max = 1;
  options.connections_max = kConnectionsMax;
  options.body_bytes_max = kBodyBytesMax;
  return options;
}

}  // namespace

Result<SecretBytes> ReadMetricsToken(const MetricsConfig& metrics) {
  const std::string& file = metrics.token_file;
  if (file.empty()) return SecretBytes();
  Result<SecretBytes> token = ReadSecretFile(file, "token");
  if (!token)
    return Error{token.error().code, "metrics.token_file: " + token.error().message,
                 std::move(token.error().detail)};
  if (token->size() < kTokenBytesMin)
    return Error{ErrorCode::kValidation, "metrics.token_file: " + file +
                                             ": a token that can be guessed is none; at least 16 "
                                             "characters"};
  return token;
}

Result<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Start(
    const Config& config, std::function<std::string()> make_page, const Clock& clock,
    const ListeningSocket& listener) {
  KM_TRY(SecretBytes token, ReadMetricsToken(config.metrics));
  std::unique_ptr<MetricsEndpoint> made(
      new MetricsEndpoint(std::move(make_page), std::move(token), clock));
  Result<std::unique_ptr<http::Server>> server =
      http::Server::Start(ToOptions(config, listener), made->handler_, clock);
  if (!server)
    return Error{server.error().code, "metrics: the listener cannot be started",
                 std::move(server.error().detail)};
  made->server_ = *std::move(server);
  return made;
}

}  // namespace kmaas::app
