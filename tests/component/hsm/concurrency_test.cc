// Goal: many threads get the right answer from few sessions, with keys coming, going and being
// loaded again between them.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/component/hsm/fixture.h"
#include "tests/component/hsm/module_hook.h"

namespace kmaas::hsm {
namespace {

struct Known {
  domain::KeyMaterial material;
  Bytes tag;
};

class ManyThreads : public HsmTest {
 protected:
  void OpenEngine(LaneOptions short_lane, std::size_t cached_keys_max) {
    EngineOptions options = EngineOn(token_);
    options.short_lane = short_lane;
    options.cached_keys_max = cached_keys_max;
    Open(std::move(options));
  }
  std::vector<Known> MakeKeys(std::size_t count) {
    std::vector<Known> keys;
    for (std::size_t i = 0; i < count; ++i) {
      const bool resident = i % 5 == 4;
      auto material =
          Generate(engine(), resident ? domain::Custody::kResident : domain::Custody::kWrapped);
      Bytes tag = Mac(engine(), material);
      keys.push_back({std::move(material), std::move(tag)});
    }
    return keys;
  }
  // Each thread goes through the keys in steps of its own. Returns how many answers were wrong;
  // that a key is not available at the moment is wrong unless it is said to be expected.
  int Derive(const std::vector<Known>& keys, std::size_t threads, std::size_t each,
             bool may_be_away = false) {
    std::atomic<int> wrong{0};
    std::vector<std::thread> running;
    for (std::size_t t = 0; t < threads; ++t) {
      running.emplace_back([&, t] {
        for (std::size_t i = 0; i < each; ++i) {
          const Known& key = keys[(i * (2 * t + 1) + t) % keys.size()];
          const auto tag = engine().DeriveMessageKey(key.material, AsBytes("input"), Never());
          const bool away = !tag && tag.error().code == ErrorCode::kKeyUnavailable;
          const bool right = tag && ToBytes(tag->view()) == key.tag;
          if (!right && !(away && may_be_away)) ++wrong;
        }
      });
    }
    for (std::thread& thread : running) thread.join();
    return wrong;
  }
  std::size_t SessionObjects() const {
    return Intruder(token_, Intruder::Module::kShared).Find({IsNot(CKA_TOKEN)}).size();
  }
};

TEST_F(ManyThreads, DeriveUnderOneKey) {
  OpenEngine({.width = 1, .waiting_max = 64}, 16);
  EXPECT_EQ(Derive(MakeKeys(1), 8, 3000), 0);
  EXPECT_EQ(generation(), 1U);
}

TEST_F(ManyThreads, DeriveUnderMoreKeysThanAreCached) {
  OpenEngine({.width = 4, .waiting_max = 64}, 8);
  const auto keys = MakeKeys(23);
  EXPECT_EQ(Derive(keys, 8, 600), 0);
  EXPECT_EQ(generation(), 1U);
  EXPECT_EQ(Derive(keys, 1, 50), 0);
  EXPECT_LE(SessionObjects(), 8U) << "evicted keys pile up";
}

TEST_F(ManyThreads, DeriveWhileKeysAreMadeAndDestroyed) {
  OpenEngine({.width = 2, .waiting_max = 64}, 8);
  const auto keys = MakeKeys(10);
  std::atomic<bool> stop{false};
  std::thread maker([&] {
    for (int i = 0; !stop; ++i) {
      const auto custody = i % 2 == 0 ? domain::Custody::kResident : domain::Custody::kWrapped;
      const auto material = Generate(engine(), custody);
      EXPECT_EQ(Mac(engine(), material).size(), 32U);
      EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
    }
  });
  EXPECT_EQ(Derive(keys, 4, 600), 0);
  stop = true;
  maker.join();
  EXPECT_EQ(generation(), 1U);
}

// Whoever is in the module when it happens holds a permit, so no recovery is under way.
TEST_F(ManyThreads, DeriveOverLogouts) {
  OpenEngine({.width = 4, .waiting_max = 64}, 64);
  const auto keys = MakeKeys(8);
  std::atomic<int> calls{0};
  const ModuleHook<&CK_FUNCTION_LIST::C_SignInit> hook(
      token_.module_path(), [&](auto original, CK_SESSION_HANDLE session, auto... arguments) {
        if (++calls % 1000 == 0) FunctionsOf(token_.module_path()).C_Logout(session);
        return original(session, arguments...);
      });
  // A call may see two generations end, and then says so.
  EXPECT_EQ(Derive(keys, 4, 3000, true), 0);
  EXPECT_GE(generation(), 8U);
  EXPECT_EQ(Derive(keys, 4, 100), 0);
}

}  // namespace
}  // namespace kmaas::hsm
