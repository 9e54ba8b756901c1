// Goal: attribute lists lower to the C form in order, and compare by meaning.
#include "hsm/attributes.h"

#include <gtest/gtest.h>

#include "hsm/key_templates.h"
#include "hsm/material_templates.h"

namespace kmaas::hsm {
namespace {

TEST(Attributes, LowerInOrder) {
  const Template lowered({Is(CKA_TOKEN), Number(CKA_VALUE_LEN, 32), Text(CKA_LABEL, "abc")});
  ASSERT_EQ(lowered.size(), 3U);
  EXPECT_EQ(lowered.data()[0].type, CKA_TOKEN);
  EXPECT_EQ(lowered.data()[0].ulValueLen, 1U);
  EXPECT_EQ(lowered.data()[1].ulValueLen, sizeof(CK_ULONG));
  EXPECT_EQ(std::string(static_cast<const char*>(lowered.data()[2].pValue), 3), "abc");
}

TEST(Attributes, LowerNestedLists) {
  const Template lowered(
      {Nested(CKA_UNWRAP_TEMPLATE, {Is(CKA_SENSITIVE), IsNot(CKA_TOKEN)}), Is(CKA_WRAP)});
  ASSERT_EQ(lowered.size(), 2U);
  EXPECT_EQ(lowered.data()[0].ulValueLen, 2 * sizeof(CK_ATTRIBUTE));
  const auto* inner = static_cast<const CK_ATTRIBUTE*>(lowered.data()[0].pValue);
  EXPECT_EQ(inner[1].type, CKA_TOKEN);
  EXPECT_EQ(*static_cast<const CK_BBOOL*>(inner[0].pValue), CK_TRUE);
}

TEST(Attributes, LowerAnEmptyList) {
  const Template lowered{AttributeList()};
  EXPECT_EQ(lowered.size(), 0U);
  EXPECT_EQ(lowered.data(), nullptr);
}

TEST(Attributes, CompareNestedListsInAnyOrder) {
  const Attribute a = Nested(CKA_UNWRAP_TEMPLATE, {Is(CKA_SENSITIVE), IsNot(CKA_TOKEN)});
  const Attribute b = Nested(CKA_UNWRAP_TEMPLATE, {IsNot(CKA_TOKEN), Is(CKA_SENSITIVE)});
  const Attribute c = Nested(CKA_UNWRAP_TEMPLATE, {IsNot(CKA_TOKEN), IsNot(CKA_SENSITIVE)});
  const Attribute d = Nested(CKA_UNWRAP_TEMPLATE, {IsNot(CKA_TOKEN)});
  EXPECT_TRUE(SameAttribute(a, b));
  EXPECT_FALSE(SameAttribute(a, c));
  EXPECT_FALSE(SameAttribute(a, d));
  EXPECT_FALSE(SameAttribute(d, a));
}

TEST(Attributes, CompareMechanismsInAnyOrder) {
  EXPECT_TRUE(SameAttribute(AllowedMechanisms({CKM_ECDSA, CKM_SHA256_HMAC}),
                            AllowedMechanisms({CKM_SHA256_HMAC, CKM_ECDSA})));
  EXPECT_FALSE(SameAttribute(AllowedMechanisms({CKM_ECDSA}),
                             AllowedMechanisms({CKM_SHA256_HMAC, CKM_ECDSA})));
}

TEST(Attributes, DropTypesInNestedListsToo) {
  const AttributeList list{Is(CKA_COPYABLE),
                           Nested(CKA_UNWRAP_TEMPLATE, {Is(CKA_COPYABLE), Is(CKA_TOKEN)})};
  const AttributeList left = Without(list, {CKA_COPYABLE});
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].nested.size(), 1U);
}

TEST(KeyTemplates, EndWithModifiableWhereSoftHsmWantsIt) {
  EXPECT_EQ(RootKeeping(RootClass::kMac, 1).back().type, CKA_MODIFIABLE);
  EXPECT_EQ(RootRehearsing().back().type, CKA_MODIFIABLE);
  EXPECT_EQ(hsm::Loading(BackingKeyPlan()).back().type, CKA_MODIFIABLE);
}

TEST(KeyTemplates, PinSecrecyInEveryUnwrapRule) {
  for (const RootClass root : kRootClasses) {
    const AttributeList rule = UnwrapRule(root);
    for (const Attribute& pinned :
         {Is(CKA_SENSITIVE), Is(CKA_WRAP_WITH_TRUSTED), Is(CKA_PRIVATE), IsNot(CKA_TOKEN),
          IsNot(CKA_UNWRAP), IsNot(CKA_MODIFIABLE), IsNot(CKA_COPYABLE)}) {
      const Attribute* row = FindAttribute(rule, pinned.type);
      ASSERT_NE(row, nullptr) << RootLabel(root) << " " << AttributeName(pinned.type);
      EXPECT_TRUE(SameAttribute(*row, pinned)) << RootLabel(root);
    }
    EXPECT_EQ(FindAttribute(rule, CKA_EXTRACTABLE), nullptr) << "roots could not be rotated";
    EXPECT_LE(rule.size(), 28U) << "SoftHSM takes no more";
  }
}

TEST(KeyTemplates, LoadABackingKeyAsItsRootDemands) {
  const AttributeList loading = hsm::Loading(BackingKeyPlan());
  for (const Attribute& pinned : UnwrapRule(RootClass::kMac)) {
    const Attribute* row = FindAttribute(loading, pinned.type);
    ASSERT_NE(row, nullptr) << AttributeName(pinned.type);
    EXPECT_TRUE(SameAttribute(*row, pinned)) << AttributeName(pinned.type);
  }
}

TEST(KeyTemplates, NeverGrantWrappingTogetherWithDecryption) {
  for (const AttributeList& list :
       {RootMaking(RootClass::kMac, CKM_AES_KEY_WRAP_PAD), ServiceKeyMaking("kmaas-x", 1),
        Making(BackingKeyPlan()), hsm::Loading(BackingKeyPlan()),
        ResidentMaking(BackingKeyPlan(), {}), AuditPrivateMaking(1)}) {
    const Attribute* decrypt = FindAttribute(list, CKA_DECRYPT);
    ASSERT_NE(decrypt, nullptr);
    EXPECT_TRUE(SameAttribute(*decrypt, IsNot(CKA_DECRYPT)));
  }
}

TEST(GenerationIds, ReadBackUnderTheirOwnLabelOnly) {
  const Attribute id = GenerationId(kSealLabel, 7);
  EXPECT_EQ(ParseGenerationId(kSealLabel, id.value), 7U);
  EXPECT_EQ(ParseGenerationId(kAuditLabel, id.value), std::nullopt);
  EXPECT_EQ(ParseGenerationId(kSealLabel, {}), std::nullopt);
  EXPECT_EQ(ParseGenerationId(kSealLabel, GenerationId(kSealLabel, 0).value), std::nullopt);
  Bytes longer = id.value;
  longer.push_back(0);
  EXPECT_EQ(ParseGenerationId(kSealLabel, longer), std::nullopt);
}

}  // namespace
}  // namespace kmaas::hsm
