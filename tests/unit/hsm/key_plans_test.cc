// Goal: the table of key plans serves every kind of key that AWS has, and what it makes fits the
// root that guards it.
#include <gtest/gtest.h>

#include "hsm/key_templates.h"
#include "hsm/material_templates.h"
#include "hsm/mechanisms.h"
#include "hsm/private_operations.h"

namespace kmaas::hsm {
namespace {

// Has `list` each attribute of `rule`, with the same value?
testing::AssertionResult Obeys(const AttributeList& list, const AttributeList& rule) {
  for (const Attribute& pinned : rule) {
    const Attribute* row = FindAttribute(list, pinned.type);
    if (row == nullptr || !SameAttribute(*row, pinned))
      return testing::AssertionFailure() << AttributeName(pinned.type);
  }
  return testing::AssertionSuccess();
}

TEST(KeyPlans, ExistForEverySpecAndUsage) {
  std::size_t plans = 0;
  for (std::size_t s = 0; s < domain::kCount<domain::KeySpec>; ++s) {
    for (std::size_t u = 0; u < domain::kCount<domain::KeyUsage>; ++u) {
      const auto spec = static_cast<domain::KeySpec>(s);
      const auto usage = static_cast<domain::KeyUsage>(u);
      EXPECT_EQ(FindPlan(spec, usage) != nullptr, Admits(spec, usage)) << ToText(spec);
      plans += Admits(spec, usage) ? 1 : 0;
    }
  }
  EXPECT_EQ(AllPlans().size(), plans);
}

TEST(KeyPlans, OpenAsTheirRootDemands) {
  for (const KeyPlan& plan : AllPlans()) {
    EXPECT_TRUE(Obeys(Loading(plan), UnwrapRule(plan.root))) << ToText(plan.spec);
    for (const RootClass other : kRootClasses) {
      const bool same_rights = other == plan.root ||
                               (plan.root == RootClass::kMac && other == RootClass::kHmac) ||
                               (plan.spec == domain::KeySpec::kHmac256 && other == RootClass::kMac);
      EXPECT_EQ(Obeys(Loading(plan), UnwrapRule(other)), same_rights)
          << ToText(plan.spec) << " under " << RootLabel(other);
    }
  }
}

TEST(KeyPlans, HaveOneRightEachAndVerifyTheirOwnMacs) {
  for (const KeyPlan& plan : AllPlans()) {
    for (const AttributeList& list : {Making(plan), Loading(plan), Arriving(plan),
                                      ResidentMaking(plan, {}), ResidentArriving(plan, {})}) {
      int granted = 0;
      for (const CK_ATTRIBUTE_TYPE right : {CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN, CKA_SIGN_RECOVER,
                                            CKA_VERIFY, CKA_WRAP, CKA_UNWRAP, CKA_DERIVE}) {
        const Attribute* row = FindAttribute(list, right);
        if (row != nullptr && SameAttribute(*row, Is(right))) ++granted;
      }
      EXPECT_EQ(granted, plan.is_secret() ? 2 : 1) << ToText(plan.spec);
      EXPECT_TRUE(!plan.is_secret() || Obeys(list, {Is(CKA_SIGN), Is(CKA_VERIFY)}));
      EXPECT_EQ(list.back().type, CKA_MODIFIABLE);
      EXPECT_LE(list.size(), 28U) << "SoftHSM takes no more";
    }
  }
}

TEST(KeyPlans, AreExtractableOnlyWhileTheyAreWrapped) {
  for (const KeyPlan& plan : AllPlans()) {
    for (const AttributeList& list : {Making(plan), Arriving(plan)})
      EXPECT_TRUE(Obeys(list, {Is(CKA_EXTRACTABLE), Is(CKA_WRAP_WITH_TRUSTED), Is(CKA_SENSITIVE)}));
    for (const AttributeList& list : {Loading(plan), ResidentMaking(plan, {})})
      EXPECT_TRUE(Obeys(list, {IsNot(CKA_EXTRACTABLE), Is(CKA_SENSITIVE)}));
  }
}

TEST(ImportPairs, UnwrapOrDecryptAndNeverBoth) {
  const auto unwraps = ImportPrivateMaking({}, ImportRight::kUnwraps, CKM_RSA_PKCS_OAEP);
  const auto decrypts = ImportPrivateMaking({}, ImportRight::kDecrypts, CKM_RSA_X_509);
  EXPECT_TRUE(Obeys(unwraps, {Is(CKA_UNWRAP), IsNot(CKA_DECRYPT), IsNot(CKA_SIGN)}));
  EXPECT_TRUE(Obeys(decrypts, {IsNot(CKA_UNWRAP), Is(CKA_DECRYPT), IsNot(CKA_SIGN)}));
  const Attribute* rule = FindAttribute(unwraps, CKA_UNWRAP_TEMPLATE);
  ASSERT_NE(rule, nullptr);
  for (const AttributeList& arriving :
       {EphemeralKey(), FerriedSecret(), Arriving(BackingKeyPlan())})
    EXPECT_TRUE(Obeys(arriving, rule->nested));
  EXPECT_FALSE(Obeys(ReadableSecret(), rule->nested));
}

TEST(Hmacs, HaveTheLengthOfTheirHash) {
  EXPECT_EQ(HmacBytes(CKM_SHA224_HMAC), 28U);
  EXPECT_EQ(HmacBytes(CKM_SHA512_HMAC), 64U);
  EXPECT_EQ(HmacBytes(CKM_AES_KEY_GEN), 0U);
}

TEST(RsaCiphertexts, AreUsedOnlyWhenTheyAreNumbersBelowTheModulus) {
  Bytes modulus(256, 0x90);
  const auto is_wrong = [&](const Bytes& ciphertext) {
    const RsaCiphertext input(modulus, ciphertext);
    EXPECT_EQ(input.usable.size(), modulus.size());
    EXPECT_LT(input.usable, modulus);
    return input.is_wrong;
  };
  Bytes below = modulus;
  below.back() -= 1;
  EXPECT_FALSE(is_wrong(below));
  EXPECT_FALSE(is_wrong(Bytes(256, 0)));
  EXPECT_TRUE(is_wrong(modulus));
  EXPECT_TRUE(is_wrong(Bytes(256, 0xff)));
  EXPECT_TRUE(is_wrong(Bytes(255, 1)));
  EXPECT_TRUE(is_wrong(Bytes(257, 0)));
  EXPECT_TRUE(is_wrong({}));
}

}  // namespace
}  // namespace kmaas::hsm
