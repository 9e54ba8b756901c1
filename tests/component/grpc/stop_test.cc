#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "tests/component/grpc/fixture.h"

namespace kmaas::grpc_front {
namespace {

using ::grpc::StatusCode;

class GrpcStop : public GrpcTest {
 protected:
  GrpcStop() {
    options.workers = 1;
    Start();
  }
  ~GrpcStop() override {
    credentials.OpenGate();
    if (stopping.joinable()) stopping.join();
  }
  static std::string Method() { return std::string(kService) + "ListKeys"; }
  PendingCall Occupy(Client& client) {
    credentials.CloseGate();
    PendingCall call = client.Begin(Method(), "");
    credentials.AwaitWaiting(1);
    return call;
  }
  void StopInBackground(std::chrono::milliseconds span) {
    stopping = std::thread([this, span] { server->Stop(span); });
  }
  // Whether new connections are refused; asks until they are, for a bounded number of times.
  bool StopsListening() {
    for (int i = 0; i < 2000; ++i) {
      if (ConnectAnonymously().Call("/grpc.health.v1.Health/Check", "").status.error_code() ==
          StatusCode::UNAVAILABLE)
        return true;
    }
    return false;
  }

  std::thread stopping;
};

TEST_F(GrpcStop, LetsACallInFlightFinishAndTakesNoNewOnes) {
  Client client = ConnectAsAdministrator();
  PendingCall call = Occupy(client);
  StopInBackground(std::chrono::minutes(1));
  EXPECT_TRUE(StopsListening());
  EXPECT_FALSE(client.Call(Method(), "").status.ok());
  credentials.OpenGate();
  EXPECT_TRUE(call.Get().status.ok());
  stopping.join();
  EXPECT_EQ(core.audit.records().size(), 1U);
}

TEST_F(GrpcStop, CancelsWhatIsLeftAfterItsSpanAndWaitsForIt) {
  Client client = ConnectAsAdministrator();
  PendingCall running = Occupy(client);
  std::vector<PendingCall> queued;
  for (int i = 0; i < 5; ++i) queued.push_back(client.Begin(Method(), ""));
  StopInBackground(std::chrono::milliseconds(0));
  EXPECT_FALSE(running.Get().status.ok());
  for (PendingCall& call : queued) EXPECT_FALSE(call.Get().status.ok());
  credentials.OpenGate();
  stopping.join();
  EXPECT_EQ(core.audit.records().size(), 1U) << "a queued call was begun";
}

TEST_F(GrpcStop, DoesNothingTheSecondTime) {
  Client client = ConnectAsAdministrator();
  ASSERT_TRUE(client.Call(Method(), "").status.ok());
  server->Stop(std::chrono::minutes(1));
  server->Stop(std::chrono::minutes(1));
  server->SetServing(true);
  server.reset();
  EXPECT_EQ(client.Call(Method(), "").status.error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(GrpcStop, EndsWithIdleAndUnusedConnections) {
  std::vector<Client> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(ConnectAsAdministrator());
    ASSERT_TRUE(clients.back().Call(Method(), "").status.ok());
  }
  clients.push_back(ConnectAnonymously());
  server.reset();
  SUCCEED();
}

TEST_F(GrpcStop, EndsAHealthWatch) {
  Client client = ConnectAnonymously();
  ::grpc::ClientContext context;
  ::grpc::CompletionQueue queue;
  ::grpc::GenericStub calls(client.channel());
  const auto watch = calls.PrepareCall(&context, "/grpc.health.v1.Health/Watch", &queue);
  void* tag = nullptr;
  bool ok = false;
  watch->StartCall(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  watch->Write(::grpc::ByteBuffer(), nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  server->Stop(std::chrono::milliseconds(0));
  ::grpc::Status status;
  watch->Finish(&status, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_FALSE(status.ok());
}

TEST_F(GrpcStop, StartsAgainAndAgain) {
  for (int i = 0; i < 5; ++i) {
    server.reset();
    Start();
    EXPECT_TRUE(ConnectAsAdministrator().Call(Method(), "").status.ok());
  }
}

// Whether this process holds the server's end of a connection to the port.
bool HasConnections(std::uint16_t port) {
  constexpr int kDescriptorsMax = 4096;
  for (int file = 0; file < kDescriptorsMax; ++file) {
    sockaddr_in at{};
    sockaddr_in peer{};
    socklen_t size = sizeof(at);
    if (::getsockname(file, reinterpret_cast<sockaddr*>(&at), &size) != 0) continue;
    size = sizeof(peer);
    if (at.sin_family == AF_INET && at.sin_port == htons(port) &&
        ::getpeername(file, reinterpret_cast<sockaddr*>(&peer), &size) == 0)
      return true;
  }
  return false;
}

// What clients have begun before they know is served: that is what SendClientsAway is for.
TEST_F(GrpcStop, SendsBusyClientsAwayWithoutAFailedCall) {
  server.reset();
  const ListeningSocket kept = *ListeningSocket::Open("127.0.0.1", 0);
  options.listener = &kept;
  options.workers = 4;
  for (int round = 0; round < 10; ++round) {
    Start();
    std::atomic<bool> ending{false};
    std::vector<std::thread> callers;
    std::atomic<int> calls{0};
    for (int i = 0; i < 4; ++i)
      callers.emplace_back([&, client = ConnectAsAdministrator()]() mutable {
        while (!ending) {
          const Reply reply = client.Call(Method(), "");
          EXPECT_TRUE(reply.status.ok()) << reply.status.error_message();
          ++calls;
        }
      });
    for (const int before = calls; calls < before + 50;) std::this_thread::yield();
    do server->SendClientsAway();
    while (HasConnections(kept.port()));
    ending = true;  // whoever comes back waits in the queue of the socket
    server.reset();
    Start();
    for (std::thread& caller : callers) caller.join();
    server.reset();
  }
}

TEST_F(GrpcStop, APortIsNotShared) {
  options.port = static_cast<std::uint16_t>(server->port());
  const auto second = GrpcServer::Start(options, core.pipeline, {*certificates});
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find(std::to_string(options.port)), std::string::npos);
  EXPECT_TRUE(ConnectAsAdministrator().Call(Method(), "").status.ok());
}

}  // namespace
}  // namespace kmaas::grpc_front
