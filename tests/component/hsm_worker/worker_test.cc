// Modules in workers: whatever happens to a worker, the engine goes on in another one.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "hsm/shared_module.h"
#include "hsm/worker/isolation.h"
#include "tests/component/hsm/fixture.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/shim/fault_plan.h"

namespace kmaas::hsm {
namespace {

using shim::Fault;
using shim::Function;
using worker::ProxyCounters;

// An engine over SoftHSM in a worker, with the shim of tests/shim in between.
class WorkerTest : public HsmTest {
 protected:
  explicit WorkerTest(worker::ProxyOptions options = {}) {
    Must(Isolate({{{KMAAS_SHIM}}}, options));
    Open(Options());
  }
  ~WorkerTest() override {
    plan_.End();
    engine_.reset();
  }
  static Result<void> Isolate(worker::SupervisorOptions supervisor, worker::ProxyOptions options) {
    KM_TRY([[maybe_unused]] const pid_t process, worker::Isolate(std::move(supervisor), options));
    return {};
  }
  EngineOptions Options() {
    EngineOptions options = EngineOn(token_);
    options.module_path = KMAAS_SHIM;
    return options;
  }
  static ProxyCounters Counters() {
    const auto workers = worker::Workers();
    return workers.empty() ? ProxyCounters() : workers.front().counters;
  }
  static void Kill(int signal) {
    ASSERT_EQ(::kill(worker::Workers().front().process, signal), 0);
    while (Counters().running) std::this_thread::yield();
  }
  Result<void> Health() { return engine().CheckHealth(Deadline::Never()); }

  fakes::TemporaryDirectory directory_;
  shim::FaultPlan plan_{directory_.File("plan"), token_.module_path()};
};

TEST_F(WorkerTest, TheModuleIsInAnotherProcess) {
  EXPECT_NE(worker::Workers().front().process, ::getpid());
  EXPECT_TRUE(Counters().running);
  EXPECT_GT(Mac(engine(), Generate(engine(), domain::Custody::kWrapped)).size(), 0U);
}

TEST_F(WorkerTest, KeysAreWholeAfterTheWorkerDied) {
  const domain::KeyMaterial material = Generate(engine(), domain::Custody::kWrapped);
  const Bytes before = Mac(engine(), material);
  for (const int signal : {SIGSEGV, SIGKILL, SIGABRT}) {
    const std::uint64_t generation = this->generation();
    Kill(signal);
    // The call finds out, and is done in the next worker.
    EXPECT_EQ(Mac(engine(), material), before);
    EXPECT_EQ(this->generation(), generation + 1);
  }
  EXPECT_EQ(Counters().crashed, 3U);
  EXPECT_EQ(Counters().started, 4U);
}

TEST_F(WorkerTest, ACrashInAnyFunctionIsGotOver) {
  const domain::KeyMaterial material = Generate(engine(), domain::Custody::kWrapped);
  const Bytes before = Mac(engine(), material);
  for (const Function function :
       {Function::C_SignInit, Function::C_Sign, Function::C_VerifyInit, Function::C_Verify}) {
    plan_.Begin({function, Fault::kCrash, 0, 1, 1});
    EXPECT_EQ(Mac(engine(), material), before) << shim::NameOf(function);
    EXPECT_EQ(plan_.End(), 1U) << shim::NameOf(function);
  }
  EXPECT_EQ(Counters().crashed, 4U);
}

TEST_F(WorkerTest, AWorkerThatDiesWhileItStartsIsTriedAgain) {
  const domain::KeyMaterial material = Generate(engine(), domain::Custody::kWrapped);
  for (const Function function : {Function::C_Initialize, Function::C_GetSlotList,
                                  Function::C_OpenSession, Function::C_Login}) {
    plan_.Begin({function, Fault::kCrash});
    Kill(SIGKILL);
    EXPECT_TRUE(MacError(engine(), material)) << shim::NameOf(function);
    plan_.End();
    EXPECT_EQ(MacError(engine(), material), std::nullopt) << shim::NameOf(function);
  }
}

TEST_F(WorkerTest, ARefusedPinIsTriedOnce) {
  const domain::KeyMaterial material = Generate(engine(), domain::Custody::kWrapped);
  const std::uint64_t before = plan_.calls(Function::C_Login);
  plan_.Begin({Function::C_Login, Fault::kRefusal, CKR_PIN_INCORRECT});
  Kill(SIGSEGV);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(MacError(engine(), material));
  EXPECT_EQ(plan_.calls(Function::C_Login) - before, 1U);
  EXPECT_TRUE(engine().IsPinRefused());
}

TEST_F(WorkerTest, AWrongBitInAMacIsCaughtByTheTokensOwnCheck) {
  const domain::KeyMaterial material = Generate(engine(), domain::Custody::kWrapped);
  const Bytes before = Mac(engine(), material);
  plan_.Begin({Function::C_Sign, Fault::kFlippedBit, 3, 1, 1});
  const std::uint64_t checked = plan_.calls(Function::C_Verify);
  EXPECT_EQ(MacError(engine(), material), ErrorCode::kKmsInternal);
  EXPECT_EQ(plan_.End(), 1U);
  EXPECT_GT(plan_.calls(Function::C_Verify), checked);
  EXPECT_EQ(Mac(engine(), material), before);
}

TEST_F(WorkerTest, ARefusedCheckOfAMacIsNoGoodAnswer) {
  const domain::KeyMaterial material = Generate(engine(), domain::Custody::kWrapped);
  for (const Function function : {Function::C_VerifyInit, Function::C_Verify}) {
    plan_.Begin({function, Fault::kRefusal, CKR_FUNCTION_FAILED});
    EXPECT_TRUE(MacError(engine(), material)) << shim::NameOf(function);
    plan_.End();
    EXPECT_EQ(MacError(engine(), material), std::nullopt) << shim::NameOf(function);
  }
}

class ImpatientWorkerTest : public WorkerTest {
 protected:
  ImpatientWorkerTest() : WorkerTest({.call_max = std::chrono::milliseconds(300)}) {}
};

TEST_F(ImpatientWorkerTest, ACallThatHangsIsCutShort) {
  const domain::KeyMaterial material = Generate(engine(), domain::Custody::kWrapped);
  const Bytes before = Mac(engine(), material);
  plan_.Begin({Function::C_Sign, Fault::kHang, 0, 1, 1});
  EXPECT_EQ(Mac(engine(), material), before);
  plan_.End();
  EXPECT_EQ(Counters().hung, 1U);
  EXPECT_EQ(Counters().crashed, 0U);
}

class SmallWorkerTest : public WorkerTest {
 protected:
  SmallWorkerTest() : WorkerTest({.memory_max_bytes = 1}) {}
};

TEST_F(SmallWorkerTest, AHealthCheckReplacesAWorkerThatHasOutgrownItsMemory) {
  const domain::KeyMaterial material = Generate(engine(), domain::Custody::kWrapped);
  const Bytes before = Mac(engine(), material);
  while (Counters().resident_bytes == 0) std::this_thread::yield();
  EXPECT_TRUE(Health());
  EXPECT_EQ(Counters().outgrown, 1U);
  EXPECT_EQ(Counters().started, 2U);
  EXPECT_EQ(Counters().crashed, 0U);
  EXPECT_EQ(Mac(engine(), material), before);
}

TEST_F(WorkerTest, TwoEnginesOverOneTokenHaveAWorkerEach) {
  const auto other = Must(Engine::Open(Options(), clock_));
  ASSERT_EQ(worker::Workers().size(), 2U);
  const domain::KeyMaterial material = Generate(engine(), domain::Custody::kWrapped);
  const Bytes answer = Mac(engine(), material);
  EXPECT_EQ(Mac(*other, material), answer);
  Kill(SIGKILL);
  EXPECT_EQ(Mac(*other, material), answer);
  EXPECT_EQ(worker::Workers()[1].counters.started, 1U);
  EXPECT_EQ(Mac(engine(), material), answer);
}

TEST_F(WorkerTest, NoOtherModuleIsLoaded) {
  const auto other = SharedModule::Load("/usr/lib/other.so", "");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kNotFound);
}

TEST_F(WorkerTest, TheWorkerEndsWithTheEngine) {
  const pid_t process = worker::Workers().front().process;
  engine_->Close();
  // Its supervisor reaps it.
  while (::kill(process, 0) == 0) std::this_thread::yield();
  EXPECT_FALSE(Counters().running);
  EXPECT_EQ(Counters().crashed, 0U);
}

}  // namespace
}  // namespace kmaas::hsm
