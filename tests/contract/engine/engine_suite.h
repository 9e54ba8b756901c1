// What the suites of the engine contract share: one engine for each suite, over a token of its own.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "tests/contract/engine/engines.h"
#include "tests/contract/engine/openssl_peer.h"

namespace kmaas::contract {

template <class T>
class EngineSuite : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (T::Available()) under_test_ = std::make_unique<T>();
  }
  static void TearDownTestSuite() {
    kept_.clear();
    under_test_.reset();
  }
  void SetUp() override {
    if (!under_test_) GTEST_SKIP() << "module not installed";
  }

  static constexpr bool kIsNss = std::is_same_v<T, NssUnderTest>;
  static constexpr bool kIsFake = std::is_same_v<T, FakeUnderTest>;

  static ports::CryptoEngine& engine() { return under_test_->engine(); }
  static void Restart() { under_test_->Restart(); }
  static Deadline Passed() { return {under_test_->clock().SteadyNow()}; }
  static Deadline Never() { return Deadline::Never(); }

  static domain::MaterialId NextId() {
    static std::uint32_t next = 0;
    domain::MaterialId id;
    id.bits.fill(0x5a);
    Bytes number;
    AppendU32(number, ++next);
    std::copy(number.begin(), number.end(), id.bits.begin());
    return id;
  }

  static ports::MaterialPlan PlanFor(domain::KeySpec spec, domain::KeyUsage usage,
                                     domain::Custody custody) {
    domain::KeyId key_id;
    key_id.bits.fill(0x11);
    return {spec, usage, custody, NextId(), key_id, "111122223333"};
  }

  static domain::KeyMaterial Generate(const ports::MaterialPlan& plan) {
    auto made = engine().GenerateMaterial(plan, Never());
    EXPECT_TRUE(made) << ToText(plan.spec) << ": " << made.error().detail;
    return ports::MaterialOf(plan, made ? *std::move(made) : ports::GeneratedMaterial());
  }
  // Where the engine keeps such keys when nothing is said.
  static domain::Custody DefaultCustody(domain::KeySpec spec, domain::KeyUsage usage) {
    const auto custody = engine().CustodyFor(spec, usage, domain::Custody::kWrapped);
    EXPECT_TRUE(custody) << ToText(spec);
    return custody ? *custody : domain::Custody::kWrapped;
  }
  // The same key each time in one suite: those of RSA take long to make.
  static const domain::KeyMaterial& Kept(domain::KeySpec spec, domain::KeyUsage usage) {
    auto [at, is_new] = kept_.try_emplace({spec, usage});
    if (is_new) at->second = Generate(PlanFor(spec, usage, DefaultCustody(spec, usage)));
    return at->second;
  }

  template <class Value>
  static std::optional<ErrorCode> CodeOf(const Result<Value>& result) {
    if (result) return std::nullopt;
    return result.error().code;
  }

 private:
  static std::unique_ptr<T> under_test_;
  static std::map<std::pair<domain::KeySpec, domain::KeyUsage>, domain::KeyMaterial> kept_;
};

template <class T>
std::unique_ptr<T> EngineSuite<T>::under_test_;
template <class T>
std::map<std::pair<domain::KeySpec, domain::KeyUsage>, domain::KeyMaterial> EngineSuite<T>::kept_;

class EngineNames {
 public:
  template <class T>
  static std::string GetName(int /*index*/) {
    if (std::is_same_v<T, FakeUnderTest>) return "Fake";
    return std::is_same_v<T, SoftHsmUnderTest> ? "SoftHsm" : "Nss";
  }
};

using Engines = testing::Types<FakeUnderTest, SoftHsmUnderTest, NssUnderTest>;

}  // namespace kmaas::contract
