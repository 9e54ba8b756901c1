// The floor of HTTPS: kmaas's own listener with a handler that does nothing. Arguments:
// certificate, key, port.
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "frontends/http/server.h"

namespace {

class NoOp final : public kmaas::http::Handler {
 public:
  kmaas::http::Response Handle(kmaas::http::Request& /*request*/) override {
    kmaas::http::Response response;
    response.headers.push_back({"Content-Type", "application/x-amz-json-1.1"});
    // As long as a small Decrypt reply, so that only the work differs.
    response.body = std::string(300, 'x');
    return response;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s CERTIFICATE KEY PORT\n", argv[0]);
    return 2;
  }
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigprocmask(SIG_BLOCK, &stop, nullptr);
  NoOp handler;
  kmaas::http::ServerOptions options;
  options.address = "127.0.0.1";
  options.port = static_cast<std::uint16_t>(std::strtoul(argv[3], nullptr, 10));
  options.certificate_file = argv[1];
  options.private_key_file = argv[2];
  options.threads = 8;  // as kmaasd
  const kmaas::SystemClock clock;
  const auto server = kmaas::http::Server::Start(options, handler, clock);
  if (!server) {
    std::fprintf(stderr, "%s %s\n", server.error().message.c_str(), server.error().detail.c_str());
    return 1;
  }
  int signal = 0;
  sigwait(&stop, &signal);
  return 0;
}
