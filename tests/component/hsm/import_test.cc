// Goal: what customers bring in passes through the token and nothing else where that can be, leaves
// nothing behind, and is whole or not there when calls to the module fail.
#include <gtest/gtest.h>

#include "hsm/key_templates.h"
#include "hsm/material_templates.h"
#include "tests/component/hsm/failing_calls.h"
#include "tests/component/hsm/key_kinds.h"
#include "tests/fakes/import_wrapping.h"

namespace kmaas::hsm {
namespace {

using domain::Custody;
using domain::KeySpec;
using domain::KeyUsage;
using domain::WrappingAlgorithm;
using domain::WrappingKeySpec;

constexpr WrappingAlgorithm kAlgorithms[] = {
    WrappingAlgorithm::kRsaesOaepSha1, WrappingAlgorithm::kRsaesOaepSha256,
    WrappingAlgorithm::kRsaAesKeyWrapSha1, WrappingAlgorithm::kRsaAesKeyWrapSha256};
constexpr auto kPairSize = WrappingKeySpec::kRsa2048;

class Imports : public HsmTest {
 protected:
  Imports() { Open(); }

  struct Pair {
    domain::ImportKeyId id;
    WrappingAlgorithm algorithm;
    Bytes public_key;
  };
  Pair NewPair(WrappingAlgorithm algorithm) {
    Pair pair{{}, algorithm, {}};
    pair.id.bits.fill(0x33);
    pair.id.bits[0] = ++last_pair_;
    pair.public_key = Must(engine().MakeImportKey(pair.id, kPairSize, algorithm, Never()));
    return pair;
  }
  ports::ImportPlan PlanOf(const Pair& pair, KeySpec spec, KeyUsage usage,
                           Custody custody = Custody::kWrapped) {
    auto plan = PlanFor(spec, usage, custody);
    plan.id = {};
    return {pair.id, pair.algorithm, plan};
  }
  static Bytes Wrapped(const Pair& pair, ByteView material) {
    return fakes::WrapForImport(pair.public_key, kPairSize, pair.algorithm, material);
  }
  static domain::KeyMaterial Material(const ports::ImportPlan& plan,
                                      ports::ImportedMaterial imported) {
    auto named = plan.material;
    named.id = imported.id;
    auto material = ports::MaterialOf(named, std::move(imported.made));
    material.origin = domain::KeyOrigin::kExternal;
    return material;
  }

  Intruder Beside() const { return Intruder(token_, Intruder::Module::kShared); }
  std::size_t SessionObjects() const { return Beside().Find({IsNot(CKA_TOKEN)}).size(); }
  std::size_t TokenObjectCount() const { return Beside().Find({Is(CKA_TOKEN)}).size(); }

 private:
  std::uint8_t last_pair_ = 0;
};

TEST_F(Imports, HaveAPairWithOneRightByTheAlgorithm) {
  for (const WrappingAlgorithm algorithm : kAlgorithms) {
    const Pair pair = NewPair(algorithm);
    const Intruder intruder = Beside();
    const ObjectHandle key = intruder.FindOnly(ImportFinding(pair.id));
    const bool unwraps = domain::OaepDigestOf(algorithm) == domain::Digest::kSha1;
    for (const Attribute& wanted :
         {unwraps ? Is(CKA_UNWRAP) : IsNot(CKA_UNWRAP),
          unwraps ? IsNot(CKA_DECRYPT) : Is(CKA_DECRYPT), IsNot(CKA_SIGN), IsNot(CKA_DERIVE),
          IsNot(CKA_SIGN_RECOVER), Is(CKA_SENSITIVE), IsNot(CKA_EXTRACTABLE),
          AllowedMechanisms({unwraps ? CKM_RSA_PKCS_OAEP : CKM_RSA_X_509}), IsNot(CKA_COPYABLE),
          IsNot(CKA_MODIFIABLE), Is(CKA_LOCAL)}) {
      Attribute actual;
      ASSERT_TRUE(intruder.session().Read(key, wanted.type, actual).ok());
      EXPECT_TRUE(SameAttribute(wanted, actual))
          << AttributeName(wanted.type) << " for " << ToText(algorithm);
    }
  }
}

TEST_F(Imports, HaveAPairThatGivesNothingOutToASession) {
  const Pair pair = NewPair(WrappingAlgorithm::kRsaesOaepSha1);
  const Bytes sealed = Wrapped(pair, Bytes(32, 7));
  const Intruder intruder = Beside();
  const ObjectHandle key = intruder.FindOnly(ImportFinding(pair.id));
  const CK_RSA_PKCS_OAEP_PARAMS oaep{CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, nullptr, 0};
  const auto unwrap = [&](const AttributeList& list) {
    ObjectHandle made;
    return intruder.session()
        .Unwrap({CKM_RSA_PKCS_OAEP, oaep}, key, sealed, Template(list), made)
        .code;
  };
  EXPECT_EQ(unwrap(FerriedSecret()), CKR_OK);
  EXPECT_EQ(unwrap(ReadableSecret()), CKR_TEMPLATE_INCONSISTENT);
  Bytes out(256);
  std::size_t written = 0;
  EXPECT_EQ(intruder.session().Decrypt(CKM_RSA_X_509, key, sealed, out, written).code,
            CKR_KEY_FUNCTION_NOT_PERMITTED);
  EXPECT_EQ(intruder.session().Set(key, Template({Is(CKA_DECRYPT)})).code, CKR_ACTION_PROHIBITED);
}

TEST_F(Imports, LeaveNothingBehind) {
  const auto ed25519 = crypto::PrivateKey::Generate(KeySpec::kEccNistEdwards25519).Pkcs8();
  const auto p256 = crypto::PrivateKey::Generate(KeySpec::kEccNistP256).Pkcs8();
  for (const WrappingAlgorithm algorithm : kAlgorithms) {
    const std::size_t before = TokenObjectCount();
    const Pair pair = NewPair(algorithm);
    EXPECT_EQ(TokenObjectCount(), before + 1);
    const auto import = [&](KeySpec spec, KeyUsage usage, Custody custody, ByteView material) {
      const auto plan = PlanOf(pair, spec, usage, custody);
      const auto made =
          Material(plan, Must(engine().ImportMaterial(plan, Wrapped(pair, material), Never())));
      EXPECT_EQ(UseError(engine(), made), std::nullopt);
      EXPECT_TRUE(engine().DestroyMaterial(made, Never()));
    };
    for (const Custody custody : {Custody::kWrapped, Custody::kResident}) {
      import(KeySpec::kHmac256, KeyUsage::kGenerateVerifyMac, custody, Bytes(32, 1));
      import(KeySpec::kEccNistP256, KeyUsage::kKeyAgreement, custody, p256.view());
    }
    import(KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify, Custody::kProcess, ed25519.view());
    EXPECT_EQ(SessionObjects(), 0U) << ToText(algorithm);
    EXPECT_TRUE(engine().DestroyImportKey(pair.id, Never()));
    EXPECT_EQ(TokenObjectCount(), before);
  }
}

// Nothing of a backing key that the token can open is ever in a buffer that the process gives or
// gets: every output of the module is looked through.
TEST_F(Imports, KeepASecretInTheTokenWhereItCan) {
  const Bytes secret = ToBytes(AsBytes("thirty-two bytes to be looked for"));
  const Bytes material(secret.begin(), secret.begin() + 32);
  for (const auto algorithm :
       {WrappingAlgorithm::kRsaesOaepSha1, WrappingAlgorithm::kRsaAesKeyWrapSha1}) {
    const Pair pair = NewPair(algorithm);
    int reads = 0;
    const ModuleHook<&CK_FUNCTION_LIST::C_GetAttributeValue> values(
        token_.module_path(),
        [&](auto original, auto session, auto object, auto* rows, auto count) {
          for (CK_ULONG i = 0; i < count; ++i) reads += rows[i].type == CKA_VALUE ? 1 : 0;
          return original(session, object, rows, count);
        });
    const ModuleHook<&CK_FUNCTION_LIST::C_Decrypt> decrypt(token_.module_path(),
                                                           [&](auto original, auto... arguments) {
                                                             ++reads;
                                                             return original(arguments...);
                                                           });
    const auto plan = PlanOf(pair, KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt);
    EXPECT_TRUE(engine().ImportMaterial(plan, Wrapped(pair, material), Never()));
    EXPECT_EQ(reads, 0) << ToText(algorithm);
  }
}

TEST_F(Imports, RefuseALengthThatTheDialectWouldChange) {
  const Pair pair = NewPair(WrappingAlgorithm::kRsaesOaepSha256);
  const auto import = [&](KeySpec spec, std::size_t length) {
    const auto plan = PlanOf(pair, spec, KeyUsage::kGenerateVerifyMac);
    const auto made = engine().ImportMaterial(plan, Wrapped(pair, Bytes(length, 9)), Never());
    return made ? std::optional<ErrorCode>() : made.error().code;
  };
  EXPECT_EQ(import(KeySpec::kHmac256, 64), std::nullopt);
  EXPECT_EQ(import(KeySpec::kHmac256, 65), ErrorCode::kUnsupportedOperation);
  EXPECT_EQ(import(KeySpec::kHmac224, 127), ErrorCode::kUnsupportedOperation);
  EXPECT_EQ(import(KeySpec::kHmac256, 72), std::nullopt);
  EXPECT_EQ(import(KeySpec::kHmac512, 127), std::nullopt);
}

TEST_F(Imports, RefuseAResidentKeyThatWasNotImported) {
  const Pair pair = NewPair(WrappingAlgorithm::kRsaesOaepSha1);
  const auto plan =
      PlanOf(pair, KeySpec::kHmac256, KeyUsage::kGenerateVerifyMac, Custody::kResident);
  const auto made =
      Material(plan, Must(engine().ImportMaterial(plan, Wrapped(pair, Bytes(32, 8)), Never())));
  EXPECT_EQ(UseError(engine(), made), std::nullopt);
  {
    const Intruder intruder = Beside();
    ASSERT_TRUE(intruder.session()
                    .Destroy(intruder.FindOnly(ResidentFinding(CKO_SECRET_KEY, made.id)))
                    .ok());
    const KeyPlan& kind = *FindPlan(made.spec, made.usage);
    ObjectHandle planted;
    ASSERT_TRUE(
        intruder.session()
            .CreateSecret(Template(ResidentArriving(kind, made.id)), Bytes(32, 0x77), planted)
            .ok());
  }
  engine_->Close();
  Open();
  EXPECT_EQ(UseError(engine(), made), ErrorCode::kKmsInternal);
}

class FailingImports : public Imports, public testing::WithParamInterface<FailureIs> {};

TEST_P(FailingImports, TakeTheMaterialOrSayThatTheyDidNot) {
  const auto p256 = crypto::PrivateKey::Generate(KeySpec::kEccNistP256).Pkcs8();
  FailingKeyCalls calls(token_.module_path());
  for (const auto algorithm :
       {WrappingAlgorithm::kRsaesOaepSha256, WrappingAlgorithm::kRsaAesKeyWrapSha1}) {
    calls.Stop();
    const Pair pair = NewPair(algorithm);
    const std::size_t before = TokenObjectCount();
    for (const Custody custody : {Custody::kWrapped, Custody::kResident}) {
      bool failed = true;
      for (int n = 1; failed; ++n) {
        const auto plan = PlanOf(pair, KeySpec::kEccNistP256, KeyUsage::kSignVerify, custody);
        const Bytes wrapped = Wrapped(pair, p256.view());
        calls.FailAt(n, CKR_GENERAL_ERROR, GetParam());
        auto imported = engine().ImportMaterial(plan, wrapped, Never());
        failed = calls.Stop();
        ASSERT_TRUE(engine().CheckHealth(Never()));
        const bool stays = imported && custody == Custody::kResident;
        EXPECT_EQ(TokenObjectCount(), before + (stays ? 1 : 0)) << "call " << n;
        if (!imported) continue;
        const auto material = Material(plan, *std::move(imported));
        EXPECT_EQ(UseError(engine(), material), std::nullopt) << "call " << n;
        EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(WhenACallFails, FailingImports,
                         testing::Values(FailureIs::kBefore, FailureIs::kAfter),
                         [](const auto& when) {
                           return when.param == FailureIs::kBefore ? "Undone" : "Unanswered";
                         });

}  // namespace
}  // namespace kmaas::hsm
