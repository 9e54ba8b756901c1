// Goal: slow calls to the token delay nothing else, and what cannot begin in time is turned away
// without an effect. Method: calls to the module are held up at a gate.
#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <thread>

#include "tests/component/hsm/fixture.h"
#include "tests/component/hsm/key_kinds.h"
#include "tests/component/hsm/module_hook.h"

namespace kmaas::hsm {
namespace {

// Holds up every C_GenerateKey: the calls of the long lane.
class SlowLane : public HsmTest {
 protected:
  SlowLane()
      : hook_(token_.module_path(), [this](auto original, auto... arguments) {
          if (is_slow_) {
            ++arrived_;
            arrived_.notify_all();
            gate_.acquire();
          }
          return original(arguments...);
        }) {}

  void OpenEngine(LaneOptions long_lane) {
    EngineOptions options = EngineOn(token_);
    options.long_lane = long_lane;
    Open(std::move(options));  // makes keys too, to see what the token can do
    is_slow_ = true;
  }
  std::thread Start(Result<ports::GeneratedMaterial>& made) {
    return std::thread([this, &made] { made = GenerateKey(Never()); });
  }
  Result<ports::GeneratedMaterial> GenerateKey(Deadline deadline) {
    return engine().GenerateMaterial({.custody = domain::Custody::kWrapped, .id = NextId()},
                                     deadline);
  }
  void WaitForArrivals(int count) {
    for (int seen = arrived_; seen < count; seen = arrived_) arrived_.wait(seen);
  }
  void WaitForWaiters(std::size_t count) {
    while (engine().Status().long_lane_waiting < count) std::this_thread::yield();
  }
  void LetPass(std::ptrdiff_t calls) { gate_.release(calls); }
  Deadline Soon() { return Deadline::After(clock_, std::chrono::milliseconds(1)); }
  static Result<ports::GeneratedMaterial> Nothing() { return Error{ErrorCode::kKmsInternal, ""}; }

  std::atomic<bool> is_slow_{false};
  std::atomic<int> arrived_{0};
  std::counting_semaphore<64> gate_{0};

 private:
  ModuleHook<&CK_FUNCTION_LIST::C_GenerateKey> hook_;
};

TEST_F(SlowLane, TurnsAwayWhoFindsItFull) {
  OpenEngine({.width = 1, .waiting_max = 1});
  Result<ports::GeneratedMaterial> made[] = {Nothing(), Nothing()};
  std::thread running = Start(made[0]);
  WaitForArrivals(1);
  std::thread waiting = Start(made[1]);
  WaitForWaiters(1);
  const auto refused = GenerateKey(Never());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kThrottling);
  EXPECT_EQ(refused.error().detail, "lane full");
  LetPass(2);
  running.join();
  waiting.join();
  EXPECT_TRUE(made[0]);
  EXPECT_TRUE(made[1]);
  EXPECT_EQ(arrived_, 2);
}

TEST_F(SlowLane, DoesNothingForWhoseDeadlinePasses) {
  OpenEngine({.width = 1, .waiting_max = 8});
  auto made = Nothing();
  std::thread running = Start(made);
  WaitForArrivals(1);
  const auto late = GenerateKey(Soon());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kThrottling);
  const auto key = ResidentMaterial(NextId());
  EXPECT_EQ(engine().DestroyMaterial(key, Soon()).error().code, ErrorCode::kThrottling);
  LetPass(1);
  running.join();
  EXPECT_TRUE(made);
  EXPECT_EQ(arrived_, 1) << "a call that was turned away reached the token";
}

TEST_F(SlowLane, DoesNotStandInFrontOfShortCalls) {
  OpenEngine({.width = 2, .waiting_max = 8});
  LetPass(2);
  const auto wrapped = Generate(engine(), domain::Custody::kWrapped);
  const auto resident = Generate(engine(), domain::Custody::kResident);
  Result<ports::GeneratedMaterial> made[] = {Nothing(), Nothing(), Nothing()};
  std::vector<std::thread> slow;
  for (auto& result : made) slow.push_back(Start(result));
  WaitForArrivals(4);
  WaitForWaiters(1);
  Bytes random(16);
  EXPECT_EQ(Mac(engine(), wrapped).size(), 32U) << "must be loaded first";
  EXPECT_EQ(Mac(engine(), resident).size(), 32U);
  EXPECT_TRUE(engine().GenerateRandom(random, Never()));
  EXPECT_TRUE(engine().DeriveServiceKey(ports::ServiceKey::kIntegrity, "x", {}, Never()));
  EXPECT_TRUE(engine().CheckHealth(Never()));
  EXPECT_TRUE(engine().DestroyMaterial(wrapped, Never()));
  EXPECT_EQ(engine().Status().long_lane_waiting, 1U);
  LetPass(3);
  for (std::thread& thread : slow) thread.join();
  for (const auto& result : made) EXPECT_TRUE(result);
}

TEST_F(SlowLane, IsLeftInPeaceByClose) {
  OpenEngine({.width = 1, .waiting_max = 8});
  auto made = Nothing();
  std::thread running = Start(made);
  WaitForArrivals(1);
  std::thread closing([&] { engine().Close(); });
  while (engine().Status().healthy) std::this_thread::yield();
  LetPass(1);
  running.join();
  closing.join();
  EXPECT_TRUE(made);
  const auto late = GenerateKey(Never());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kKeyUnavailable);
}

TEST_F(SlowLane, MakesARecoveryGiveUpAtItsDeadline) {
  OpenEngine({.width = 1, .waiting_max = 8});
  auto made = Nothing();
  std::thread running = Start(made);
  WaitForArrivals(1);
  {
    const Intruder intruder(token_, Intruder::Module::kShared);
    ASSERT_TRUE(intruder.session().Logout().ok());
  }
  EXPECT_FALSE(engine().CheckHealth(Soon()));
  EXPECT_EQ(generation(), 1U);
  LetPass(8);
  running.join();
  EXPECT_TRUE(engine().CheckHealth(Never()));
  EXPECT_EQ(generation(), 2U);
}

// One lost answer to C_GetTokenInfo, and a recovery that was not to be.
TEST_F(SlowLane, DoesNotLeaveAHealthyEngineReportedIll) {
  OpenEngine({.width = 1, .waiting_max = 8});
  auto made = Nothing();
  std::thread running = Start(made);
  WaitForArrivals(1);
  {
    const ModuleHook<&CK_FUNCTION_LIST::C_GetTokenInfo> hook(
        token_.module_path(), [](auto, auto...) -> CK_RV { return CKR_DEVICE_ERROR; });
    EXPECT_FALSE(engine().CheckHealth(Soon()));
  }
  EXPECT_FALSE(engine().Status().healthy);
  LetPass(1);
  running.join();
  EXPECT_TRUE(made);
  EXPECT_TRUE(engine().CheckHealth(Never()));
  EXPECT_EQ(generation(), 1U);
  EXPECT_TRUE(engine().Status().healthy);
  EXPECT_EQ(engine().Status().last_error, "");
}

// To find primes takes seconds, and a signature milliseconds.
TEST_F(HsmTest, LeavesAWayForSignaturesWhileRsaKeysAreMade) {
  EngineOptions options = EngineOn(token_);
  options.long_lane = {.width = 2, .waiting_max = 8};
  Open(std::move(options));
  const auto signer =
      Generate(engine(), PlanFor(domain::KeySpec::kEccNistP256, domain::KeyUsage::kSignVerify));
  std::atomic<int> arrived{0};
  std::counting_semaphore<8> gate{0};
  const ModuleHook<&CK_FUNCTION_LIST::C_GenerateKeyPair> hook(
      token_.module_path(), [&](auto original, auto... arguments) {
        ++arrived;
        arrived.notify_all();
        gate.acquire();
        return original(arguments...);
      });
  std::vector<std::thread> makers;
  for (int i = 0; i < 3; ++i) {
    makers.emplace_back([&] {
      EXPECT_TRUE(engine().GenerateMaterial(
          PlanFor(domain::KeySpec::kRsa2048, domain::KeyUsage::kSignVerify), Never()));
    });
  }
  arrived.wait(0);
  while (engine().Status().long_lane_waiting < 2) std::this_thread::yield();
  EXPECT_EQ(UseError(engine(), signer), std::nullopt);
  EXPECT_EQ(arrived, 1);
  gate.release(3);
  for (std::thread& maker : makers) maker.join();
}

TEST_F(HsmTest, LeavesAWayForSignaturesWhileImportKeysAreMadeAndDestroyed) {
  EngineOptions options = EngineOn(token_);
  options.long_lane = {.width = 2, .waiting_max = 8};
  Open(std::move(options));
  const auto signer =
      Generate(engine(), PlanFor(domain::KeySpec::kEccNistP256, domain::KeyUsage::kSignVerify));
  std::atomic<int> arrived{0};
  std::binary_semaphore gate{0};
  const ModuleHook<&CK_FUNCTION_LIST::C_GenerateKeyPair> hook(
      token_.module_path(), [&](auto original, auto... arguments) {
        ++arrived;
        arrived.notify_all();
        gate.acquire();
        return original(arguments...);
      });
  std::thread making([&] {
    EXPECT_TRUE(engine().MakeImportKey({1}, domain::WrappingKeySpec::kRsa2048,
                                       domain::WrappingAlgorithm::kRsaesOaepSha256, Never()));
  });
  arrived.wait(0);
  std::thread destroying([&] { EXPECT_TRUE(engine().DestroyImportKey({2}, Never())); });
  while (engine().Status().long_lane_waiting < 1) std::this_thread::yield();
  EXPECT_EQ(UseError(engine(), signer), std::nullopt);
  gate.release();
  making.join();
  destroying.join();
}

TEST_F(HsmTest, ShedsShortCallsBeyondTheirQueue) {
  EngineOptions options = EngineOn(token_);
  options.short_lane = {.width = 1, .waiting_max = 0};
  Open(std::move(options));
  std::atomic<bool> inside{false};
  std::binary_semaphore gate{0};
  const ModuleHook<&CK_FUNCTION_LIST::C_GenerateRandom> hook(token_.module_path(),
                                                             [&](auto original, auto... arguments) {
                                                               inside = true;
                                                               inside.notify_all();
                                                               gate.acquire();
                                                               return original(arguments...);
                                                             });
  Bytes random(16);
  std::thread slow([&] { EXPECT_TRUE(engine().GenerateRandom(random, Never())); });
  inside.wait(false);
  const auto shed = engine().DeriveServiceKey(ports::ServiceKey::kSeal, "x", {}, Never());
  ASSERT_FALSE(shed);
  EXPECT_EQ(shed.error().code, ErrorCode::kThrottling);
  gate.release();
  slow.join();
}

}  // namespace
}  // namespace kmaas::hsm
