// Goal: the token of a custom key store stands beside the service's own in one module; each may go
// and come back while the other goes on, and no PIN is tried twice.
#include "hsm/key_store_engine.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "hsm/shared_module.h"
#include "tests/component/hsm/fixture.h"
#include "tests/component/hsm/module_hook.h"

namespace kmaas::hsm {
namespace {

namespace fs = std::filesystem;
using domain::ConnectionErrorCode;

constexpr std::chrono::seconds kBetweenDisturbances{10};

class KeyStore : public HsmTest {
 protected:
  KeyStore() {
    EngineOptions options = EngineOn(token_);
    options.module = module_;
    Open(std::move(options));
  }
  ~KeyStore() override {
    if (store_) store_->Close();
  }

  EngineOptions StoreOptions(const std::string& pin, const std::string& label = "store") {
    EngineOptions options = EngineOn(token_);
    options.module = module_;
    options.token_label = label;
    options.user_pin = Secret(pin);
    return options;
  }
  KeyStoreOpening OpenWith(const std::string& pin, const std::string& label = "store") {
    return KeyStoreEngine::Open(StoreOptions(pin, label), clock_);
  }
  KeyStoreEngine& Connect() {
    KeyStoreOpening opening = OpenWith(token_.user_pin());
    if (!opening.engine) Must(Result<int>(Error{ErrorCode::kKmsInternal, opening.detail}));
    store_ = opening.engine;
    return *store_;
  }
  void Take(const std::string& directory) { fs::rename(directory, token_.directory() + "/away"); }
  void BringBack(const std::string& directory) {
    fs::rename(token_.directory() + "/away", directory);
  }

  const std::string directory_ = token_.AddToken("store");
  std::shared_ptr<SharedModule> module_ = Must(SharedModule::Load(token_.module_path(), ""));
  std::shared_ptr<KeyStoreEngine> store_;
};

TEST_F(KeyStore, KeepsAndUsesKeysOfItsOwn) {
  KeyStoreEngine& store = Connect();
  EXPECT_EQ(*store.CustodyFor(domain::KeySpec::kSymmetricDefault, domain::KeyUsage::kEncryptDecrypt,
                              domain::Custody::kResident),
            domain::Custody::kResident);
  const auto key = Generate(store, domain::Custody::kResident);
  const auto own = Generate(engine(), domain::Custody::kResident);
  EXPECT_NE(Mac(store, key), Mac(engine(), own));
  EXPECT_EQ(MacError(engine(), key), ErrorCode::kKeyUnavailable);
  EXPECT_EQ(MacError(store, own), ErrorCode::kKeyUnavailable);
  ASSERT_TRUE(store.DestroyMaterial(key, Never()));
  EXPECT_EQ(MacError(store, key), ErrorCode::kKeyUnavailable);
  Bytes random(32);
  EXPECT_TRUE(store.GenerateRandom(random, Never()));
  EXPECT_TRUE(store.CheckHealth(Never()));
}

TEST_F(KeyStore, RefusesWhatIsTheServicesOwn) {
  KeyStoreEngine& store = Connect();
  const auto refused = [](const auto& result) {
    return !result && result.error().code == ErrorCode::kUnsupportedOperation;
  };
  EXPECT_TRUE(refused(store.GenerateMaterial({}, Never())));
  EXPECT_TRUE(refused(store.DeriveServiceKey(ports::ServiceKey::kSeal, "x", {}, Never())));
  EXPECT_TRUE(refused(store.SignAuditDigest({}, Never())));
  EXPECT_TRUE(refused(store.AuditPublicKey()));
  EXPECT_TRUE(refused(store.DeriveMessageKey({}, {}, Never())));
  EXPECT_TRUE(refused(store.ImportMaterial({}, {}, Never())));
}

TEST_F(KeyStore, FindsATokenThatWasMadeAfterTheModuleBegan) {
  const auto own = Generate(engine(), domain::Custody::kWrapped);
  token_.AddToken("late");
  const KeyStoreOpening opening = OpenWith(token_.user_pin(), "late");
  ASSERT_TRUE(opening.engine) << opening.detail;
  EXPECT_TRUE(opening.engine->CheckHealth(Never()));
  Mac(engine(), own);
  opening.engine->Close();
}

TEST_F(KeyStore, GoesAwayAndComesBackBesideTheService) {
  KeyStoreEngine& store = Connect();
  const auto key = Generate(store, domain::Custody::kResident);
  const auto own = Generate(engine(), domain::Custody::kWrapped);
  const Bytes expected = Mac(store, key);
  Take(directory_);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(MacError(store, key), ErrorCode::kKeyUnavailable);
    EXPECT_FALSE(store.CheckHealth(Never()));
    Mac(engine(), own);
  }
  EXPECT_EQ(generation(), 1U) << "the service was held up for a token that is not there";
  BringBack(directory_);
  EXPECT_EQ(Mac(store, key), expected);
  Mac(engine(), own);
  EXPECT_EQ(generation(), 2U);
}

TEST_F(KeyStore, GoesOnWhenTheServicesTokenWasAway) {
  KeyStoreEngine& store = Connect();
  const auto key = Generate(store, domain::Custody::kResident);
  const auto own = Generate(engine(), domain::Custody::kWrapped);
  const Bytes expected = Mac(store, key);
  const Bytes of_own = Mac(engine(), own);
  std::string own_directory;
  for (const auto& entry : fs::directory_iterator(token_.token_directory()))
    if (entry.path() != directory_) own_directory = entry.path();
  Take(own_directory);
  EXPECT_FALSE(engine().CheckHealth(Never()));
  EXPECT_EQ(Mac(store, key), expected);
  BringBack(own_directory);
  EXPECT_EQ(Mac(engine(), own), of_own);
  EXPECT_EQ(Mac(store, key), expected);
}

TEST_F(KeyStore, ComesBackUnderLoadOnBothTokens) {
  KeyStoreEngine& store = Connect();
  const auto key = Generate(store, domain::Custody::kResident);
  const auto own = Generate(engine(), domain::Custody::kWrapped);
  const Bytes expected[] = {Mac(store, key), Mac(engine(), own)};
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    const bool of_store = t % 2 == 0;
    threads.emplace_back([&, of_store] {
      ports::CryptoEngine& one = of_store ? static_cast<ports::CryptoEngine&>(store) : engine();
      while (!stop) {
        auto tag = one.DeriveMessageKey(of_store ? key : own, AsBytes("input"), Never());
        // The service's own never fails.
        if (tag ? ToBytes(tag->view()) != expected[of_store ? 0 : 1] : !of_store) ++wrong;
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    Take(directory_);
    while (store.CheckHealth(Never())) std::this_thread::yield();
    clock_.Advance(kBetweenDisturbances);
    BringBack(directory_);
    while (!store.CheckHealth(Never())) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(KeyStore, TriesAPinOnce) {
  std::atomic<int> logins{0};
  const ModuleHook<&CK_FUNCTION_LIST::C_Login> hook(token_.module_path(),
                                                    [&](auto original, auto... arguments) {
                                                      ++logins;
                                                      return original(arguments...);
                                                    });
  const KeyStoreOpening opening = OpenWith("not-the-pin");
  EXPECT_EQ(opening.failure, ConnectionErrorCode::kInvalidCredentials);
  EXPECT_EQ(opening.detail.find("not-the-pin"), std::string::npos);
  EXPECT_EQ(logins, 1);
  EXPECT_TRUE(engine().CheckHealth(Never()));
  Connect();
}

TEST_F(KeyStore, SaysWhyItDoesNotOpen) {
  EXPECT_EQ(OpenWith(token_.user_pin(), "nobody").failure, ConnectionErrorCode::kClusterNotFound);
  EXPECT_TRUE(engine().CheckHealth(Never()));
  EXPECT_EQ(OpenWith(token_.user_pin(), token_.label()).failure,
            ConnectionErrorCode::kUserLoggedIn);
  Connect();
  EXPECT_EQ(OpenWith(token_.user_pin()).failure, ConnectionErrorCode::kUserLoggedIn);
}

// Random numbers for the threads that ask for it.
class HangingStore : public KeyStore {
 protected:
  std::thread Ask(bool& answered) {
    return std::thread([this, &answered] {
      hangs_ = true;
      Bytes random(16);
      answered = store_->GenerateRandom(random, Never()).has_value();
    });
  }
  void WaitUntilItHangs() { inside_.wait(false); }
  void LetPass() {
    open_ = true;
    open_.notify_all();
  }

 private:
  static inline thread_local bool hangs_ = false;
  std::atomic<bool> inside_{false};
  std::atomic<bool> open_{false};
  ModuleHook<&CK_FUNCTION_LIST::C_GenerateRandom> hook_{token_.module_path(),
                                                        [this](auto original, auto... arguments) {
                                                          if (hangs_) {
                                                            inside_ = true;
                                                            inside_.notify_all();
                                                            open_.wait(false);
                                                          }
                                                          return original(arguments...);
                                                        }};
};

TEST_F(HangingStore, DoesNotKeepTheServiceFromRecovering) {
  Connect();
  const auto own = Generate(engine(), domain::Custody::kWrapped);
  const Bytes expected = Mac(engine(), own);
  bool answered = false;
  std::thread calling = Ask(answered);
  WaitUntilItHangs();
  {
    const Intruder intruder(token_, Intruder::Module::kShared);
    ASSERT_TRUE(intruder.session().Logout().ok());
  }
  EXPECT_EQ(Mac(engine(), own), expected);
  EXPECT_EQ(generation(), 2U);
  LetPass();
  calling.join();
  EXPECT_TRUE(answered);
}

TEST_F(HangingStore, KeepsEightThreadsAtMost) {
  Connect();
  bool answered[8] = {};
  std::vector<std::thread> callers;
  for (bool& one : answered) callers.push_back(Ask(one));
  WaitUntilItHangs();
  while (store_->Status().short_lane_waiting < 7) std::this_thread::yield();
  Bytes random(16);
  const auto refused = store_->GenerateRandom(random, Never());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kThrottling);
  LetPass();
  for (std::thread& caller : callers) caller.join();
  for (const bool one : answered) EXPECT_TRUE(one);
}

TEST_F(KeyStore, SaysThatItsPinWasRefusedWhenItCameBack) {
  KeyStoreEngine& store = Connect();
  Take(directory_);
  EXPECT_FALSE(store.CheckHealth(Never()));
  EXPECT_FALSE(store.IsPinRefused());
  BringBack(directory_);
  const ModuleHook<&CK_FUNCTION_LIST::C_Login> hook(
      token_.module_path(), [](auto, auto...) -> CK_RV { return CKR_PIN_INCORRECT; });
  EXPECT_FALSE(store.CheckHealth(Never()));
  EXPECT_TRUE(store.IsPinRefused());
}

TEST_F(KeyStore, SaysWhetherTheTokenSawThePin) {
  EXPECT_TRUE(OpenWith("not-the-pin").login_failed);
  EXPECT_FALSE(OpenWith(token_.user_pin(), "nobody").login_failed);
  const ModuleHook<&CK_FUNCTION_LIST::C_Login> hook(
      token_.module_path(), [](auto, auto...) -> CK_RV { return CKR_DEVICE_ERROR; });
  EXPECT_TRUE(OpenWith(token_.user_pin()).login_failed);
}

TEST_F(KeyStore, HoldsUpOthersLessAndLessOften) {
  struct Tenant final : SharedModule::User {
    bool Pause(Deadline /*deadline*/) override { return true; }
    void Forget() override {}
    void Resume() override {}
  } const tenant;
  const auto may_after = [&](std::chrono::seconds span) {
    clock_.Advance(span);
    return module_->MayDisturb(tenant, clock_);
  };
  EXPECT_TRUE(may_after(std::chrono::seconds(0)));
  EXPECT_FALSE(may_after(std::chrono::seconds(9)));
  EXPECT_TRUE(may_after(std::chrono::seconds(1)));
  EXPECT_FALSE(may_after(std::chrono::seconds(19)));
  EXPECT_TRUE(may_after(std::chrono::seconds(1)));
  for (int i = 0; i < 12; ++i) EXPECT_TRUE(may_after(std::chrono::hours(1)));
  EXPECT_FALSE(may_after(std::chrono::seconds(3599)));
  EXPECT_TRUE(may_after(std::chrono::seconds(1)));
  module_->NoteRestartHelped();
  EXPECT_TRUE(may_after(std::chrono::hours(1)));
  EXPECT_TRUE(may_after(std::chrono::seconds(10)));
}

TEST_F(KeyStore, IsNeverATokenOfAService) {
  engine_.reset();
  const KeyStoreOpening opening = OpenWith(token_.user_pin(), token_.label());
  EXPECT_FALSE(opening.engine);
  EXPECT_EQ(opening.failure, ConnectionErrorCode::kInternalError);
}

TEST_F(KeyStore, LogsOutWhenItCloses) {
  const auto key = Generate(Connect(), domain::Custody::kResident);
  const Bytes expected = Mac(*store_, key);
  store_->Close();
  EXPECT_TRUE(MacError(*store_, key));
  EXPECT_EQ(Mac(Connect(), key), expected);
  EXPECT_TRUE(engine().CheckHealth(Never()));
}

TEST_F(KeyStore, OutlivesTheServicesEngine) {
  KeyStoreEngine& store = Connect();
  const auto key = Generate(store, domain::Custody::kResident);
  engine_.reset();
  Mac(store, key);
}

}  // namespace
}  // namespace kmaas::hsm
