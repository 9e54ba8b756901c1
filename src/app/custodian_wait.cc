#include "app/custodian_wait.h"

#include <string>
#include <utility>

#include "app/custodian_settings.h"
#include "app/process.h"
#include "app/service_options.h"
#include "base/log.h"
#include "frontends/http/server.h"

namespace kmaas::app {
namespace {

// Nothing is served yet: probes are told why, callers get what they get from a server that is away.
class Waiting final : public http::Handler {
 public:
  http::Response Handle(http::Request& request) override {
    const std::string_view path =
        std::string_view(request.target).substr(0, request.target.find('?'));
    http::Response response;
    const bool alive = path == "/healthz";
    response.status = alive ? 200 : 503;
    response.headers = {{"Content-Type", "text/plain; charset=utf-8"},
                        {"Cache-Control", "no-store"}};
    response.body = alive ? "ok\n" : "waiting for custodians\n";
    response.close = true;
    return response;
  }
};

http::ServerOptions Options(const Config& config, const ListeningSocket& listener) {
  http::ServerOptions options = ToHttpOptions(config, listener);
  options.threads = 1;
  options.running_max = 1;
  options.connections_max = 16;
  options.body_bytes_max = 1024;
  return options;
}

}  // namespace

Result<std::optional<CustodianDesk>> OpenDeskIfWanted(const Config& config) {
  std::optional<CustodianDesk> desk;
  if (!PinFromCustodians(config.hsm)) return desk;
  KM_TRY(CustodianDesk opened, CustodianDesk::Open(CustodianSocket(config)));
  desk.emplace(std::move(opened));
  return desk;
}

Result<std::optional<SecretBytes>> AwaitCustodians(const Config& config, CustodianDesk desk,
                                                   const ListeningSocket& listener,
                                                   const Clock& clock) {
  Waiting waiting;
  KM_TRY(const auto server, http::Server::Start(Options(config, listener), waiting, clock));
  log::Info("waiting_for_custodians", {{"socket", CustodianSocket(config)}});
  return desk.Await([](std::size_t given, std::size_t needed) {
    // The service manager's patience is longer than its next question.
    NotifyServiceManager(
        "EXTEND_TIMEOUT_USEC=60000000\nSTATUS=waiting for custodians: " + std::to_string(given) +
        " of " + (needed == 0 ? "?" : std::to_string(needed)) + " shares given");
  });
}

}  // namespace kmaas::app
