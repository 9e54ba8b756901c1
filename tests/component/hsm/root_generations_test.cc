// Goal: a new generation of roots is made as the first one was, material of every kind goes from
// one to the next and stays the key that it was, and an old generation ends for good; whichever
// call to the module fails, whatever bytes it answers. The plant: a token that says that it wrapped
// the key and answers other bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hsm/key_templates.h"
#include "tests/component/hsm/failing_calls.h"
#include "tests/component/hsm/flush_witness.h"
#include "tests/component/hsm/key_kinds.h"

namespace kmaas::hsm {
namespace {

using domain::Custody;
using domain::KeyMaterial;
using domain::KeySpec;
using domain::KeyUsage;
using testing::ElementsAre;
using testing::HasSubstr;

struct Kind {
  KeySpec spec;
  KeyUsage usage;
};

// One for each class of roots, and those whose form is another.
const Kind kKinds[] = {
    {KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt},
    {KeySpec::kHmac224, KeyUsage::kGenerateVerifyMac},
    {KeySpec::kHmac512, KeyUsage::kGenerateVerifyMac},
    {KeySpec::kEccNistP256, KeyUsage::kSignVerify},
    {KeySpec::kEccSecgP256k1, KeyUsage::kSignVerify},
    {KeySpec::kRsa2048, KeyUsage::kSignVerify},
    {KeySpec::kRsa2048, KeyUsage::kEncryptDecrypt},
    {KeySpec::kEccNistP384, KeyUsage::kKeyAgreement},
};

class RootGenerations : public HsmTest {
 protected:
  // Closes the engine for the ceremony and opens another.
  Result<CeremonyReport> Add(bool lasting = false) {
    if (engine_) engine_->Close();
    engine_.reset();
    CeremonyOptions options = CeremonyOn(token_);
    options.lasting_roots = lasting;
    auto report = AddRoots(std::move(options));
    Open();
    return report;
  }
  ports::TokenRoots& roots() { return engine().roots(); }
  KeyMaterial New(const Kind& kind) { return Generate(engine(), PlanFor(kind.spec, kind.usage)); }
  // As its row would be afterwards.
  Result<KeyMaterial> Rewrapped(const KeyMaterial& material) {
    KM_TRY(const ports::GeneratedMaterial made, roots().Rewrap(material, Never()));
    KeyMaterial after = material;
    after.blob = made.blob;
    after.dialect = made.dialect;
    after.root_generation = made.root_generation;
    return after;
  }
  // Not the loaded object of before.
  std::optional<ErrorCode> UseAnew(const KeyMaterial& material) {
    EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
    return UseError(engine(), material);
  }
};

TEST_F(RootGenerations, AreAddedWithTheProofsOfTheFirst) {
  const CeremonyReport report = Must(Add());
  EXPECT_EQ(report.generation, 2U);
  EXPECT_THAT(report.made,
              ElementsAre("kmaas-root-mac generation 2", "kmaas-root-hmac generation 2",
                          "kmaas-root-sign generation 2", "kmaas-root-decrypt generation 2",
                          "kmaas-root-agree generation 2"));
  EXPECT_GE(report.attacks.size(), 20U);
  EXPECT_THAT(engine().Status().root_generations, ElementsAre(1U, 2U));
}

TEST_F(RootGenerations, AreNotUsedBeforeSomebodySaysSo) {
  Must(Add());
  EXPECT_EQ(New(kKinds[0]).root_generation, 1U);
  Must(roots().WrapWith(2, Never()));
  EXPECT_EQ(New(kKinds[0]).root_generation, 2U);
  EXPECT_EQ(roots().WrapWith(3, Never()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(New(kKinds[3]).root_generation, 2U);
}

TEST_F(RootGenerations, AreRememberedByARecovery) {
  Must(Add());
  Must(roots().WrapWith(2, Never()));
  const std::uint64_t before = generation();
  ASSERT_EQ(Intruder(token_, Intruder::Module::kShared).session().Logout().code, CKR_OK);
  EXPECT_EQ(New(kKinds[0]).root_generation, 2U);
  EXPECT_GT(generation(), before);
}

TEST_F(RootGenerations, TakeKeysOfEveryKindFromOneToTheNext) {
  Open();
  std::vector<KeyMaterial> old;
  for (const Kind& kind : kKinds) old.push_back(New(kind));
  const Bytes tag = Mac(engine(), old[0]);
  Must(Add());
  Must(roots().WrapWith(2, Never()));
  for (const KeyMaterial& material : old) {
    const KeyMaterial after = Must(Rewrapped(material));
    EXPECT_EQ(after.root_generation, 2U);
    EXPECT_NE(after.blob, material.blob);
    // Signatures are checked under the public key of before.
    EXPECT_EQ(UseAnew(material), std::nullopt) << "the old blob stays good";
    EXPECT_EQ(UseAnew(after), std::nullopt) << ToText(material.spec);
    if (domain::IsSymmetricEncryption(material.spec)) {
      EXPECT_EQ(Mac(engine(), after), tag);
    }
  }
}

TEST_F(RootGenerations, LeaveALoadedKeyInUse) {
  Open();
  const KeyMaterial material = New(kKinds[0]);
  const Bytes tag = Mac(engine(), material);
  Must(roots().Rewrap(material, Never()));
  EXPECT_EQ(Mac(engine(), material), tag);
  EXPECT_EQ(engine().Status().cached_keys, 1U);
}

TEST_F(RootGenerations, LeaveNothingBehindWhenKeysAreRewrapped) {
  Must(Add());
  const KeyMaterial material = New(kKinds[4]);
  Must(roots().WrapWith(2, Never()));
  const Intruder beside(token_, Intruder::Module::kShared);
  const std::size_t before = beside.Find({}).size();
  for (int i = 0; i < 5; ++i) Must(roots().Rewrap(material, Never()));
  EXPECT_EQ(beside.Find({}).size(), before);
}

TEST_F(RootGenerations, AreDestroyedWhenNothingWrapsByThem) {
  Open();
  const KeyMaterial old = New(kKinds[0]);
  Must(Add());
  EXPECT_EQ(roots().Destroy(1, Never()).error().code, ErrorCode::kConflict);
  Must(roots().WrapWith(2, Never()));
  const KeyMaterial after = Must(Rewrapped(old));
  Must(roots().Destroy(1, Never()));
  EXPECT_THAT(Must(roots().Find(Never())), ElementsAre(2U));
  EXPECT_EQ(UseAnew(old), ErrorCode::kKmsInternal) << "nothing opens it any more";
  EXPECT_EQ(UseAnew(after), std::nullopt);
  Must(roots().Destroy(1, Never()));
  engine_->Close();
  Open();
  EXPECT_EQ(New(kKinds[1]).root_generation, 2U) << "the lowest that there is";
}

TEST_F(RootGenerations, AreNotDestroyedWhenTheyWereMadeToLast) {
  Must(Add(/*lasting=*/true));
  const auto refused = roots().Destroy(2, Never());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupportedOperation);
  EXPECT_THAT(Must(roots().Find(Never())), ElementsAre(1U, 2U));
}

TEST_F(RootGenerations, AreOnDiskBeforeTheyAreUsed) {
  Must(Add());
  FlushWitness witness;
  witness.Fail(true);
  EXPECT_FALSE(roots().WrapWith(2, Never()));
  EXPECT_EQ(New(kKinds[0]).root_generation, 1U);
  witness.Fail(false);
  Must(roots().WrapWith(2, Never()));
  EXPECT_FALSE(witness.flushed().empty());
}

TEST_F(RootGenerations, KeepAKeyWhoseNewBlobIsAnother) {
  Must(Add());
  const KeyMaterial secret = New(kKinds[0]);
  const KeyMaterial pair = New(kKinds[3]);
  Must(roots().WrapWith(2, Never()));
  const ModuleHook<&CK_FUNCTION_LIST::C_WrapKey> other_bytes(
      token_.module_path(),
      [](auto original, auto session, auto how, auto root, auto key, CK_BYTE* out, auto* size) {
        const CK_RV rv = original(session, how, root, key, out, size);
        if (rv == CKR_OK && out != nullptr) out[*size / 2] ^= 1;
        return rv;
      });
  EXPECT_FALSE(roots().Rewrap(secret, Never()));
  EXPECT_FALSE(roots().Rewrap(pair, Never()));
}

// Either the key came over, or there is an error and the old blob.
TEST_F(RootGenerations, NeverGiveAnotherKeyWhenACallFails) {
  Must(Add());
  for (const Kind& kind : {kKinds[0], kKinds[3]}) {
    Must(roots().WrapWith(1, Never()));
    const KeyMaterial material = New(kind);
    Must(roots().WrapWith(2, Never()));
    FailingKeyCalls calls(token_.module_path());
    bool failed = true;
    for (int n = 1; failed; ++n) {
      ASSERT_LT(n, 100);
      calls.FailAt(n, CKR_DEVICE_ERROR, n % 2 == 0 ? FailureIs::kBefore : FailureIs::kAfter);
      const auto after = Rewrapped(material);
      failed = calls.Stop();
      EXPECT_TRUE(failed || after) << n;
      if (after) {
        EXPECT_EQ(UseAnew(*after), std::nullopt) << n;
      }
      EXPECT_EQ(UseAnew(material), std::nullopt) << n;
    }
  }
}

// What a ceremony leaves that breaks off is used by nobody, and completed by the next.
TEST(FailingAddition, NeverLeavesAHalfGenerationInUse) {
  const fakes::ManualClock clock;
  bool failed = true;
  for (int n = 1; failed; n += n < 12 ? 4 : 37) {
    const auto token = fakes::SoftToken::Create();
    Must(MakeServiceKeys(CeremonyOn(token)));
    FailingCalls calls(token.module_path());
    calls.FailAt(n, CKR_GENERAL_ERROR, FailureIs::kBefore);
    const auto report = AddRoots(CeremonyOn(token));
    failed = calls.Stop();
    {
      const auto engine = Must(Engine::Open(EngineOn(token), clock));
      EXPECT_EQ(Generate(*engine, Custody::kWrapped).root_generation, 1U) << n;
      EXPECT_TRUE(!report || engine->Status().root_generations.size() == 2) << n;
    }
    const auto again = AddRoots(CeremonyOn(token));
    ASSERT_TRUE(again) << n << again.error().message;
    const auto engine = Must(Engine::Open(EngineOn(token), clock));
    Must(engine->roots().WrapWith(again->generation, Deadline::Never()));
    EXPECT_EQ(UseError(*engine, Generate(*engine, Custody::kWrapped)), std::nullopt) << n;
  }
}

TEST(FirstGeneration, IsNotAddedToATokenWithoutKeys) {
  const auto token = fakes::SoftToken::Create();
  const auto refused = AddRoots(CeremonyOn(token));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(refused.error().message, HasSubstr("kmaas init"));
}

}  // namespace
}  // namespace kmaas::hsm
