#include "app/passed_sockets.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>

namespace kmaas::app {
namespace {

class PassedSockets : public testing::Test {
 protected:
  PassedSockets() {
    config.https.port = https.port();
    config.grpc.port = grpc.port();
    config.metrics.port = metrics.port();
  }

  // In a child, because sockets are passed at the first descriptors. Zero: all was as expected.
  static int InChild(const std::function<bool()>& holds) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(holds() ? 0 : 1);
    int state = -1;
    ::waitpid(child, &state, 0);
    return state;
  }
  bool Pass(bool with_metrics = true) {
    Listeners kept;
    kept.https = *https.Copy();
    kept.grpc = *grpc.Copy();
    if (with_metrics) kept.metrics = *metrics.Copy();
    return PassSockets(kept);
  }
  std::string Refusal() {
    const auto taken = TakePassedSockets(config);
    return taken ? "taken" : taken.error().message;
  }

  const ListeningSocket https = *ListeningSocket::Open("127.0.0.1", 0);
  const ListeningSocket grpc = *ListeningSocket::Open("127.0.0.1", 0);
  const ListeningSocket metrics = *ListeningSocket::Open("127.0.0.1", 0);
  Config config;
};

TEST_F(PassedSockets, AreTakenByTheirNames) {
  EXPECT_EQ(InChild([&] {
              if (!Pass()) return false;
              const auto taken = TakePassedSockets(config);
              return taken && taken->are_kept() && taken->https.port() == https.port() &&
                     taken->grpc.port() == grpc.port() && taken->metrics.port() == metrics.port() &&
                     std::getenv("LISTEN_FDS") == nullptr;
            }),
            0);
}

TEST_F(PassedSockets, AreTakenByTheirPortsWithoutNames) {
  for (const char* names : {"", "kmaasd.socket:kmaasd.socket", "unknown"})
    EXPECT_EQ(InChild([&] {
                if (!Pass(false)) return false;
                ::setenv("LISTEN_FDNAMES", names, 1);
                const auto taken = TakePassedSockets(config);
                return taken && taken->https.port() == https.port() &&
                       taken->grpc.port() == grpc.port() && !taken->metrics.is_open();
              }),
              0)
        << names;
}

TEST_F(PassedSockets, AreNotTakenFromAnotherProcess) {
  EXPECT_EQ(InChild([&] {
              if (!Pass()) return false;
              ::setenv("LISTEN_PID", std::to_string(::getppid()).c_str(), 1);
              const auto taken = TakePassedSockets(config);
              return taken && !taken->are_kept();
            }),
            0);
  EXPECT_FALSE(TakePassedSockets(config)->are_kept());
}

TEST_F(PassedSockets, AreRefusedWhenTheyDisagreeWithTheConfiguration) {
  EXPECT_EQ(InChild([&] {
              if (!Pass()) return false;
              config.grpc.port = 1;
              const std::string refusal = Refusal();
              return refusal.find(std::to_string(grpc.port())) != std::string::npos &&
                     refusal.find("grpc at 127.0.0.1 port 1") != std::string::npos;
            }),
            0);
  EXPECT_EQ(InChild([&] {
              if (!Pass()) return false;
              config.https.address = "0.0.0.0";
              return Refusal() != "taken";
            }),
            0);
}

TEST_F(PassedSockets, AreRefusedWhenTheyDoNotListen) {
  EXPECT_EQ(InChild([&] {
              if (!Pass()) return false;
              ::close(3);
              return Refusal().find("descriptor 3") != std::string::npos;
            }),
            0);
  EXPECT_EQ(InChild([&] {
              if (!Pass()) return false;
              ::setenv("LISTEN_FDS", "1000", 1);
              return Refusal().find("1000") != std::string::npos;
            }),
            0);
}

}  // namespace
}  // namespace kmaas::app
