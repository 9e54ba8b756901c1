// Goal: whatever happens to sessions, keys or the token under a running engine, it comes back by
// itself as a new generation, and a refused PIN is never tried twice.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "hsm/key_templates.h"
#include "hsm/material_templates.h"
#include "tests/component/hsm/fixture.h"
#include "tests/component/hsm/module_hook.h"

namespace kmaas::hsm {
namespace {

namespace fs = std::filesystem;
using Module = Intruder::Module;

class Recovery : public HsmTest {
 protected:
  Recovery() { Open(); }

  void TakeTokenAway() { fs::rename(token_.token_directory(), away()); }
  void BringTokenBack() { fs::rename(away(), token_.token_directory()); }
  std::string away() const { return token_.directory() + "/away"; }
  CK_RV CloseAllSessions() {
    const Intruder intruder(token_, Module::kShared);
    return intruder.api().C_CloseAllSessions(intruder.slot());
  }
  CK_RV Logout() {
    const Intruder intruder(token_, Module::kShared);
    return intruder.session().Logout().code;
  }
  Result<void> Health() { return engine().CheckHealth(Never()); }
};

TEST_F(Recovery, SurvivesTheTokenDirectoryMovedAwayAndBack) {
  const auto wrapped = Generate(engine(), domain::Custody::kWrapped);
  const auto resident = Generate(engine(), domain::Custody::kResident);
  const Bytes tags[] = {Mac(engine(), wrapped), Mac(engine(), resident)};
  TakeTokenAway();
  EXPECT_FALSE(Health());
  EXPECT_FALSE(engine().Status().healthy);
  EXPECT_EQ(MacError(engine(), wrapped), ErrorCode::kKeyUnavailable);
  EXPECT_EQ(MacError(engine(), resident), ErrorCode::kKeyUnavailable);
  Bytes random(16);
  EXPECT_EQ(engine().GenerateRandom(random, Never()).error().code, ErrorCode::kDependencyTimeout);
  BringTokenBack();
  EXPECT_TRUE(Health());
  EXPECT_EQ(generation(), 2U);
  EXPECT_EQ(Mac(engine(), wrapped), tags[0]);
  EXPECT_EQ(Mac(engine(), resident), tags[1]);
  EXPECT_TRUE(engine().Status().last_error.empty());
}

TEST_F(Recovery, SurvivesTheTokenDirectoryMovedAwayUnderLoad) {
  const auto key = Generate(engine(), domain::Custody::kWrapped);
  const Bytes expected = Mac(engine(), key);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      while (!stop) {
        auto tag = engine().DeriveMessageKey(key, AsBytes("input"), Never());
        if (!tag && tag.error().code != ErrorCode::kKeyUnavailable) ++wrong;
        if (tag && ToBytes(tag->view()) != expected) ++wrong;
        if (tag) ++right;
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    TakeTokenAway();
    while (Health()) std::this_thread::yield();
    BringTokenBack();
    while (!Health()) std::this_thread::yield();
    const int before = right;
    while (right == before) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GE(generation(), 4U);
  EXPECT_EQ(engine().Status().short_lane_waiting, 0U);
}

TEST_F(Recovery, WaitsBetweenAttempts) {
  EngineOptions options = EngineOn(token_);
  options.recovery_interval = std::chrono::milliseconds(250);
  Open(std::move(options));
  TakeTokenAway();
  EXPECT_FALSE(Health());
  BringTokenBack();
  const auto early = Health();
  ASSERT_FALSE(early);
  EXPECT_NE(early.error().detail.find("waiting to try again"), std::string::npos);
  clock_.Advance(std::chrono::milliseconds(250));
  EXPECT_TRUE(Health());
}

TEST_F(Recovery, SurvivesClosedSessions) {
  const auto key = Generate(engine(), domain::Custody::kWrapped);
  const Bytes expected = Mac(engine(), key);
  ASSERT_EQ(CloseAllSessions(), CKR_OK);
  EXPECT_EQ(Mac(engine(), key), expected);
  EXPECT_EQ(generation(), 2U);
}

TEST_F(Recovery, SurvivesALogout) {
  const auto key = Generate(engine(), domain::Custody::kWrapped);
  const Bytes expected = Mac(engine(), key);
  ASSERT_EQ(Logout(), CKR_OK);
  EXPECT_EQ(Mac(engine(), key), expected);
  EXPECT_EQ(generation(), 2U);
}

TEST_F(Recovery, SurvivesAFinalizedModule) {
  const auto key = Generate(engine(), domain::Custody::kWrapped);
  const Bytes expected = Mac(engine(), key);
  ASSERT_EQ(FunctionsOf(token_.module_path()).C_Finalize(nullptr), CKR_OK);
  EXPECT_EQ(Mac(engine(), key), expected);
  EXPECT_EQ(generation(), 2U);
}

TEST_F(Recovery, NoticesALogoutInEveryCall) {
  const auto key = Generate(engine(), domain::Custody::kResident);
  Bytes random(16);
  std::uint64_t expected = generation();
  const auto recovered = [&](const auto& result) {
    EXPECT_TRUE(result) << result.error().detail;
    return generation() == ++expected;
  };
  ASSERT_EQ(Logout(), CKR_OK);
  EXPECT_TRUE(recovered(engine().DeriveServiceKey(ports::ServiceKey::kSeal, "x", {}, Never())));
  ASSERT_EQ(Logout(), CKR_OK);
  EXPECT_TRUE(recovered(engine().SignAuditDigest({}, Never())));
  ASSERT_EQ(Logout(), CKR_OK);
  EXPECT_TRUE(recovered(engine().CheckHealth(Never())));
  ASSERT_EQ(Logout(), CKR_OK);
  EXPECT_TRUE(recovered(
      engine().GenerateMaterial({.custody = domain::Custody::kWrapped, .id = NextId()}, Never())));
}

TEST_F(Recovery, SurvivesKeysDestroyedUnderIt) {
  const auto key = Generate(engine(), domain::Custody::kWrapped);
  const Bytes expected = Mac(engine(), key);
  {
    const Intruder intruder(token_, Module::kShared);
    const auto loaded = intruder.Find({IsNot(CKA_TOKEN)});
    ASSERT_EQ(loaded.size(), 1U);
    ASSERT_EQ(intruder.session().Destroy(loaded[0]).code, CKR_OK);
  }
  EXPECT_EQ(Mac(engine(), key), expected);
}

TEST_F(Recovery, SaysThatAResidentKeyDestroyedUnderItIsGone) {
  const auto key = Generate(engine(), domain::Custody::kResident);
  Mac(engine(), key);
  {
    const Intruder intruder(token_, Module::kShared);
    const ObjectHandle found = intruder.FindOnly(ResidentFinding(CKO_SECRET_KEY, key.id));
    ASSERT_EQ(intruder.session().Destroy(found).code, CKR_OK);
  }
  EXPECT_EQ(MacError(engine(), key), ErrorCode::kKeyUnavailable);
  EXPECT_TRUE(Health());
}

TEST_F(Recovery, RefusesAnotherTokenInThePlaceOfTheFirst) {
  // Both tokens have one label; SOFTHSM2_CONF decides, which the second has set to its own.
  const auto other = fakes::SoftToken::Create(token_.label());
  CeremonyOptions ceremony = CeremonyOn(other);
  engine_->Close();
  Must(MakeServiceKeys(std::move(ceremony)));
  setenv("SOFTHSM2_CONF", token_.config_path().c_str(), 1);
  Open();
  setenv("SOFTHSM2_CONF", other.config_path().c_str(), 1);
  ASSERT_EQ(Logout(), CKR_OK);
  EXPECT_FALSE(Health());
  EXPECT_EQ(engine().Status().last_error, "another integrity key");
  setenv("SOFTHSM2_CONF", token_.config_path().c_str(), 1);
  EXPECT_TRUE(Health());
}

class RefusedPin : public Recovery {
 protected:
  void ChangePin(std::string from, std::string to) {
    const Intruder intruder(token_, Module::kShared);
    const auto bytes = [](std::string& text) { return reinterpret_cast<CK_BYTE*>(text.data()); };
    CK_SESSION_HANDLE session = 0;
    ASSERT_EQ(intruder.api().C_OpenSession(intruder.slot(), CKF_SERIAL_SESSION | CKF_RW_SESSION,
                                           nullptr, nullptr, &session),
              CKR_OK);
    ASSERT_EQ(intruder.api().C_SetPIN(session, bytes(from), from.size(), bytes(to), to.size()),
              CKR_OK);
    ASSERT_EQ(intruder.api().C_Logout(session), CKR_OK);
  }
};

TEST_F(RefusedPin, IsTriedOnce) {
  const auto key = Generate(engine(), domain::Custody::kWrapped);
  std::atomic<int> logins{0};
  ASSERT_NO_FATAL_FAILURE(ChangePin(token_.user_pin(), "another-pin"));
  const ModuleHook<&CK_FUNCTION_LIST::C_Login> hook(token_.module_path(),
                                                    [&](auto original, auto... arguments) {
                                                      ++logins;
                                                      return original(arguments...);
                                                    });
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(MacError(engine(), key), ErrorCode::kKeyUnavailable);
    const auto health = Health();
    ASSERT_FALSE(health);
    EXPECT_EQ(health.error().code, ErrorCode::kDependencyTimeout);
    EXPECT_NE(health.error().detail.find("refused the PIN"), std::string::npos);
    clock_.Advance(std::chrono::hours(1));
  }
  EXPECT_EQ(logins, 1);
  EXPECT_EQ(engine().Status().last_error, "C_Login: CKR_PIN_INCORRECT");
}

TEST_F(RefusedPin, IsTriedOnceByManyThreads) {
  const auto key = Generate(engine(), domain::Custody::kWrapped);
  std::atomic<int> logins{0};
  ASSERT_NO_FATAL_FAILURE(ChangePin(token_.user_pin(), "another-pin"));
  const ModuleHook<&CK_FUNCTION_LIST::C_Login> hook(token_.module_path(),
                                                    [&](auto original, auto... arguments) {
                                                      ++logins;
                                                      return original(arguments...);
                                                    });
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) EXPECT_EQ(MacError(engine(), key), ErrorCode::kKeyUnavailable);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(logins, 1);
}

TEST_F(RefusedPin, IsTriedOnceAtTheStart) {
  engine_.reset();
  std::atomic<int> logins{0};
  const ModuleHook<&CK_FUNCTION_LIST::C_Login> hook(token_.module_path(),
                                                    [&](auto original, auto... arguments) {
                                                      ++logins;
                                                      return original(arguments...);
                                                    });
  EngineOptions options = EngineOn(token_);
  options.user_pin = Secret("wrong-pin");
  const auto opened = Engine::Open(std::move(options), clock_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kAccessDenied);
  EXPECT_EQ(logins, 1);
}

TEST_F(Recovery, EndsWithTheEngine) {
  const auto key = Generate(engine(), domain::Custody::kWrapped);
  engine().Close();
  EXPECT_EQ(MacError(engine(), key), ErrorCode::kKeyUnavailable);
  EXPECT_FALSE(Health());
  EXPECT_FALSE(engine().Status().healthy);
  engine().Close();
}

}  // namespace
}  // namespace kmaas::hsm
