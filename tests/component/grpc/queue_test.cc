#include <algorithm>

#include "base/limits.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/component/grpc/fixture.h"

namespace kmaas::grpc_front {
namespace {

namespace kms = ::kmaas::kms::v1;
using ::grpc::StatusCode;

// One worker, so that calls run in the order of their arrival and one that waits at the gate holds
// all others up.
class GrpcQueue : public GrpcTest {
 protected:
  GrpcQueue() {
    options.workers = 1;
    options.waiting_max = 2;
    Start();
    client.emplace(ConnectAsAdministrator());
  }
  ~GrpcQueue() override { credentials.OpenGate(); }

  static std::string Method() { return std::string(kService) + "ListKeys"; }
  PendingCall Begin(const Adjust& adjust = {}) { return client->Begin(Method(), "", adjust); }
  // A call that has the worker to itself until the gate opens.
  PendingCall Occupy() {
    credentials.CloseGate();
    PendingCall first = Begin();
    credentials.AwaitWaiting(1);
    return first;
  }
  // Begins so many calls, more than fit, and returns when one is refused: by then the server has
  // seen all that the client had sent before.
  std::vector<PendingCall> Overfill(std::size_t calls) {
    std::vector<PendingCall> begun;
    for (std::size_t i = 0; i < calls; ++i) begun.push_back(Begin());
    refused = PendingCall::AwaitAny(begun).Get();
    return begun;
  }
  static std::size_t CountServed(std::vector<PendingCall>& calls) {
    return static_cast<std::size_t>(std::count_if(
        calls.begin(), calls.end(), [](PendingCall& call) { return call.Get().status.ok(); }));
  }
  // Calls until one is served: those that gave up leave the queue when the worker comes to them.
  void AwaitRoom() {
    StatusCode code = StatusCode::RESOURCE_EXHAUSTED;
    while (code == StatusCode::RESOURCE_EXHAUSTED) code = Begin().Get().status.error_code();
    EXPECT_EQ(code, StatusCode::OK);
  }
  std::size_t records() const { return core.audit.records().size(); }

  std::optional<Client> client;
  Reply refused;
};

TEST_F(GrpcTest, WorkersServeManyClientsAtOnce) {
  constexpr std::size_t kCallsOfEach = 50;
  Start();
  kms::EncryptRequest encrypt;
  encrypt.set_key_id(core.MakeKey());
  encrypt.set_plaintext("p");
  const std::string request = encrypt.SerializeAsString();
  std::vector<Client> clients;
  std::vector<PendingCall> calls;
  for (int i = 0; i < 4; ++i) clients.push_back(Connect(IssueFor(kAdministratorUri)));
  for (std::size_t i = 0; i < kCallsOfEach; ++i) {
    for (Client& client : clients)
      calls.push_back(client.Begin(std::string(kService) + "Encrypt", request));
  }
  for (PendingCall& call : calls) EXPECT_TRUE(call.Get().status.ok());
  EXPECT_EQ(core.audit.records().size(), 1 + calls.size());
}

TEST_F(GrpcQueue, RefusesWhatDoesNotFitAndServesTheRest) {
  PendingCall first = Occupy();
  std::vector<PendingCall> others = Overfill(options.waiting_max + 1);
  EXPECT_EQ(refused.status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(refused.Trailer("x-amzn-errortype"), "ThrottlingException");
  EXPECT_NE(refused.status.error_message().find("exceeded the rate"), std::string::npos);
  credentials.OpenGate();
  EXPECT_TRUE(first.Get().status.ok());
  EXPECT_EQ(CountServed(others), options.waiting_max);
  EXPECT_EQ(records(), 1 + options.waiting_max);
}

TEST_F(GrpcQueue, EveryOneOfManyCallsIsServedOrRefused) {
  constexpr int kCalls = 300;
  std::vector<PendingCall> calls;
  for (int i = 0; i < kCalls; ++i) calls.push_back(Begin());
  std::size_t served = 0;
  for (PendingCall& call : calls) {
    const StatusCode code = call.Get().status.error_code();
    if (code == StatusCode::OK) {
      ++served;
    } else {
      EXPECT_EQ(code, StatusCode::RESOURCE_EXHAUSTED);
    }
  }
  EXPECT_GE(served, 1U);
  EXPECT_EQ(records(), served);
}

TEST_F(GrpcQueue, DoesNotBeginACallThatWasCancelledWhileItWaited) {
  PendingCall first = Occupy();
  std::vector<PendingCall> others = Overfill(options.waiting_max + 1);
  for (PendingCall& call : others) call.Cancel();
  for (PendingCall& call : others) EXPECT_FALSE(call.Get().status.ok());
  // The cancelled ones keep their places.
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(Begin().Get().status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  credentials.OpenGate();
  EXPECT_TRUE(first.Get().status.ok());
  AwaitRoom();
  EXPECT_EQ(records(), 2U);
}

TEST_F(GrpcQueue, ACallThatIsCancelledWhileItRunsIsRecorded) {
  credentials.CloseGate();
  PendingCall call = Begin();
  credentials.AwaitWaiting(1);
  call.Cancel();
  EXPECT_EQ(call.Get().status.error_code(), StatusCode::CANCELLED);
  credentials.OpenGate();
  EXPECT_TRUE(Begin().Get().status.ok());
  EXPECT_EQ(records(), 2U);
}

TEST_F(GrpcQueue, DoesNotBeginACallWhoseDeadlinePassedWhileItWaited) {
  PendingCall first = Occupy();
  PendingCall second = Begin([](::grpc::ClientContext& context) {
    context.set_deadline(
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(20, GPR_TIMESPAN)));
  });
  EXPECT_EQ(second.Get().status.error_code(), StatusCode::DEADLINE_EXCEEDED);
  std::vector<PendingCall> others = Overfill(options.waiting_max + 1);
  credentials.OpenGate();
  EXPECT_TRUE(first.Get().status.ok());
  EXPECT_EQ(records(), 1 + CountServed(others));
}

TEST_F(GrpcQueue, WaitingCountsAgainstTheTimeOfACall) {
  PendingCall first = Occupy();
  std::vector<PendingCall> others = Overfill(options.waiting_max + 1);
  core.clock.Advance(limits::kCallDeadline);
  credentials.OpenGate();
  first.Get();
  std::size_t late = 0;
  for (PendingCall& call : others) {
    if (call.Get().status.error_code() == StatusCode::DEADLINE_EXCEEDED) ++late;
  }
  EXPECT_EQ(late, options.waiting_max);
  EXPECT_EQ(records(), 1U);
}

TEST_F(GrpcQueue, ADeadlineInThePastLeavesNoTrace) {
  const Reply late = Begin([](::grpc::ClientContext& context) {
                       context.set_deadline(gpr_time_0(GPR_CLOCK_REALTIME));
                     }).Get();
  EXPECT_EQ(late.status.error_code(), StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(Begin().Get().status.ok());
  EXPECT_EQ(records(), 1U);
}

TEST_F(GrpcQueue, ASlowCallDoesNotHoldHealthUp) {
  PendingCall first = Occupy();
  EXPECT_TRUE(ConnectAnonymously().Call("/grpc.health.v1.Health/Check", "").status.ok());
  credentials.OpenGate();
  EXPECT_TRUE(first.Get().status.ok());
}

// One short call may run on a thread of gRPC's; the next ones go to the worker and its queue.
TEST_F(GrpcQueue, StuckShortCallsDoNotHoldHealthUp) {
  credentials.CloseGate();
  std::vector<PendingCall> stuck;
  for (int i = 0; i < 3; ++i)
    stuck.push_back(client->Begin(std::string(kService) + "GenerateRandom", "\x08\x10"));
  credentials.AwaitWaiting(2);
  EXPECT_TRUE(ConnectAnonymously().Call("/grpc.health.v1.Health/Check", "").status.ok());
  credentials.OpenGate();
  for (PendingCall& call : stuck) EXPECT_TRUE(call.Get().status.ok());
}

TEST_F(GrpcQueue, ShortCallsTakeTheirPlaceAgainAndAgain) {
  for (int i = 0; i < 20; ++i) {
    const Reply reply = client->Begin(std::string(kService) + "GenerateRandom", "\x08\x10").Get();
    EXPECT_TRUE(reply.status.ok()) << reply.status.error_message();
  }
  EXPECT_EQ(records(), 20U);
}

}  // namespace
}  // namespace kmaas::grpc_front
