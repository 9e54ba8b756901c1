// What ports::TokenRoots promises, of the token and of the fake that tests use instead.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "hsm/ceremony.h"
#include "hsm/engine.h"
#include "tests/fakes/fake_token_roots.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/soft_token.h"

namespace kmaas {
namespace {

using domain::KeyMaterial;
using testing::ElementsAre;

// A token with one generation of roots.
class Roots {
 public:
  virtual ~Roots() = default;
  virtual ports::TokenRoots& port() = 0;
  virtual void AddGeneration() = 0;
  virtual KeyMaterial NewMaterial() = 0;
  virtual bool Opens(const KeyMaterial& material) = 0;
};

class FakeRoots final : public Roots {
 public:
  ports::TokenRoots& port() override { return roots_; }
  void AddGeneration() override { roots_.generations.insert(*roots_.generations.rbegin() + 1); }
  KeyMaterial NewMaterial() override {
    KeyMaterial material;
    material.root_generation = roots_.wrapping;
    material.blob = fakes::FakeTokenRoots::BlobOf("key", roots_.wrapping);
    return material;
  }
  bool Opens(const KeyMaterial& material) override { return roots_.Opens(material); }

 private:
  fakes::FakeTokenRoots roots_;
};

class SoftHsmRoots final : public Roots {
 public:
  SoftHsmRoots() {
    Need(hsm::MakeServiceKeys(Ceremony()));
    Open();
  }
  ports::TokenRoots& port() override { return engine_->roots(); }
  void AddGeneration() override {
    engine_.reset();
    Need(hsm::AddRoots(Ceremony()));
    Open();
  }
  KeyMaterial NewMaterial() override {
    const ports::MaterialPlan plan;
    return ports::MaterialOf(plan, Need(engine_->GenerateMaterial(plan, Deadline::Never())));
  }
  bool Opens(const KeyMaterial& material) override {
    Need(engine_->DestroyMaterial(material, Deadline::Never()));  // not the loaded one
    return engine_->DeriveMessageKey(material, AsBytes("input"), Deadline::Never()).has_value();
  }

 private:
  template <class T>
  static T Need(Result<T> result) {
    if (result) return *std::move(result);
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  static void Need(const Result<void>& result) {
    if (!result) Need(Result<int>(result.error()));
  }
  static SecretBytes Secret(const std::string& text) { return SecretBytes(AsBytes(text)); }
  hsm::CeremonyOptions Ceremony() const {
    return {.module_path = token_.module_path(),
            .token_label = token_.label(),
            .so_pin = Secret(token_.so_pin()),
            .user_pin = Secret(token_.user_pin())};
  }
  void Open() {
    engine_ = Need(hsm::Engine::Open({.module_path = token_.module_path(),
                                      .token_label = token_.label(),
                                      .user_pin = Secret(token_.user_pin())},
                                     clock_));
  }

  fakes::ManualClock clock_;
  fakes::SoftToken token_ = fakes::SoftToken::Create();
  std::unique_ptr<hsm::Engine> engine_;
};

template <class Implementation>
class TokenRootsContract : public testing::Test {
 protected:
  static Deadline Never() { return Deadline::Never(); }
  ports::TokenRoots& port() { return roots_.port(); }
  KeyMaterial Rewrapped(const KeyMaterial& material) {
    const auto made = port().Rewrap(material, Never());
    EXPECT_TRUE(made);
    KeyMaterial after = material;
    if (!made) return after;
    after.blob = made->blob;
    after.dialect = made->dialect;
    after.root_generation = made->root_generation;
    return after;
  }
  Implementation roots_;
};

using Implementations = testing::Types<FakeRoots, SoftHsmRoots>;
TYPED_TEST_SUITE(TokenRootsContract, Implementations);

TYPED_TEST(TokenRootsContract, FindsGenerationsAndUsesNoneByItself) {
  this->roots_.AddGeneration();
  EXPECT_THAT(*this->port().Find(this->Never()), ElementsAre(1U, 2U));
  EXPECT_EQ(this->roots_.NewMaterial().root_generation, 1U);
}

TYPED_TEST(TokenRootsContract, WrapsWithTheOneThatItIsTold) {
  this->roots_.AddGeneration();
  EXPECT_EQ(this->port().WrapWith(3, this->Never()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(this->roots_.NewMaterial().root_generation, 1U);
  EXPECT_TRUE(this->port().WrapWith(2, this->Never()));
  EXPECT_EQ(this->roots_.NewMaterial().root_generation, 2U);
}

TYPED_TEST(TokenRootsContract, RewrapsAndLeavesTheOldBlobGood) {
  const KeyMaterial before = this->roots_.NewMaterial();
  this->roots_.AddGeneration();
  EXPECT_TRUE(this->port().WrapWith(2, this->Never()));
  const KeyMaterial after = this->Rewrapped(before);
  EXPECT_EQ(after.root_generation, 2U);
  EXPECT_TRUE(this->roots_.Opens(before));
  EXPECT_TRUE(this->roots_.Opens(after));
}

TYPED_TEST(TokenRootsContract, RewrapsNothingThatDoesNotOpen) {
  KeyMaterial damaged = this->roots_.NewMaterial();
  damaged.blob.back() ^= 1;
  EXPECT_FALSE(this->port().Rewrap(damaged, this->Never()));
}

TYPED_TEST(TokenRootsContract, DestroysWhatWrapsNothingAndNothingElse) {
  const KeyMaterial before = this->roots_.NewMaterial();
  this->roots_.AddGeneration();
  EXPECT_EQ(this->port().Destroy(1, this->Never()).error().code, ErrorCode::kConflict);
  EXPECT_TRUE(this->port().WrapWith(2, this->Never()));
  EXPECT_TRUE(this->port().Destroy(1, this->Never()));
  EXPECT_TRUE(this->port().Destroy(1, this->Never()));
  EXPECT_THAT(*this->port().Find(this->Never()), ElementsAre(2U));
  EXPECT_FALSE(this->roots_.Opens(before));
}

}  // namespace
}  // namespace kmaas
