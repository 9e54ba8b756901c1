// Goal: who holds a logged-in session, and not the officer's PIN, gets no key out of a token that
// the ceremony prepared. Method: each row of the table of known attacks on key separation, tried
// on the ceremony's roots and, so that a refusal means something, on roots made badly on purpose.
// attack_trials.cc and hsm/ceremony.h use these row numbers.
#include <gtest/gtest.h>

#include <array>

#include "crypto/digest.h"
#include "crypto/key_wrap.h"
#include "tests/component/hsm/attack_bench.h"

namespace kmaas::hsm {
namespace {

constexpr CK_MECHANISM_TYPE kWrap = CKM_AES_KEY_WRAP_PAD;
const AttributeList kReadable{IsNot(CKA_SENSITIVE), Is(CKA_EXTRACTABLE),
                              IsNot(CKA_WRAP_WITH_TRUSTED)};

class AttackTable : public AttackBench {
 protected:
  std::string Wrap(ObjectHandle wrapping, ObjectHandle key, Bytes* blob = nullptr) const {
    Bytes ignored;
    return Code(session().Wrap(kWrap, wrapping, key, blob == nullptr ? ignored : *blob));
  }
  std::string WrapByRsa(ObjectHandle public_key, ObjectHandle key) const {
    Bytes blob;
    return Code(session().Wrap(CKM_RSA_PKCS, public_key, key, blob));
  }
  ObjectHandle OwnRsaKey() const {
    Session::KeyPair pair;
    const std::array<std::uint8_t, 3> exponent{1, 0, 1};
    const Rv rv = session().GenerateKeyPair(
        CKM_RSA_PKCS_KEY_PAIR_GEN,
        Template({Number(CKA_MODULUS_BITS, 2048), Raw(CKA_PUBLIC_EXPONENT, exponent),
                  IsNot(CKA_TOKEN), Is(CKA_WRAP)}),
        Template({IsNot(CKA_TOKEN), Is(CKA_PRIVATE), Is(CKA_DECRYPT)}), pair);
    EXPECT_EQ(Code(rv), "OK");
    return pair.public_key;
  }
  std::string Derive(ObjectHandle key) const {
    ObjectHandle made;
    const Template readable({Number(CKA_CLASS, CKO_SECRET_KEY),
                             Number(CKA_KEY_TYPE, CKK_GENERIC_SECRET), Number(CKA_VALUE_LEN, 32),
                             IsNot(CKA_TOKEN), IsNot(CKA_SENSITIVE), Is(CKA_EXTRACTABLE)});
    return Code(session().DeriveByEncryption(key, readable, made));
  }
  std::string WrapByCbc(ObjectHandle root, ObjectHandle key) const {
    Bytes blob;
    return Code(session().WrapByCbc(root, key, blob));
  }
  std::string Set(ObjectHandle key, const Attribute& attribute) const {
    return Code(session().Set(key, Template({attribute})));
  }
  std::string Copy(ObjectHandle key, const AttributeList& changed) const {
    ObjectHandle made;
    return Code(session().Copy(key, Template(changed), made));
  }
  static AttributeList With(AttributeList list, const AttributeList& changed) {
    for (Attribute& row : list)
      if (const Attribute* other = FindAttribute(changed, row.type)) row = *other;
    return list;
  }
  Bytes Value(ObjectHandle key) const {
    Attribute value;
    return session().Read(key, CKA_VALUE, value).ok() ? value.value : Bytes();
  }
};

TEST_F(AttackTable, Row01AnOwnKeyDoesNotWrapABackingKey) {
  EXPECT_EQ(Wrap(OwnKey(), Victim()), "KEY_NOT_WRAPPABLE");
  EXPECT_EQ(WrapByCbc(OwnKey(), Victim()), "KEY_NOT_WRAPPABLE");
}

TEST_F(AttackTable, Row01SucceedsWithoutWrapWithTrusted) {
  const ObjectHandle victim = Victim({IsNot(CKA_WRAP_WITH_TRUSTED)});
  Bytes blob;
  ASSERT_EQ(Wrap(OwnKey(), victim, &blob), "OK");
  const auto stolen = crypto::KeyWrapPadOpen(OwnKeyValue(), blob);
  ASSERT_TRUE(stolen);
  EXPECT_EQ(ToBytes(crypto::HmacSha256(stolen->view(), AsBytes("input"))), Tag(victim));
}

TEST_F(AttackTable, Row02AnOwnRsaKeyDoesNotWrapABackingKey) {
  const ObjectHandle own = OwnRsaKey();
  EXPECT_EQ(WrapByRsa(own, Victim()), "KEY_NOT_WRAPPABLE");
  EXPECT_EQ(WrapByRsa(own, Victim({IsNot(CKA_WRAP_WITH_TRUSTED)})), "OK");
}

TEST_F(AttackTable, Row03ABlobDoesNotOpenAsAReadableKey) {
  const Bytes blob = Blob(Root(), Victim());
  EXPECT_EQ(Unwrap(Root(), blob, {}), "OK");
  EXPECT_EQ(Unwrap(Root(), blob, kReadable), "TEMPLATE_INCONSISTENT");
  EXPECT_EQ(Unwrap(Root(), blob, {IsNot(CKA_SENSITIVE)}), "TEMPLATE_INCONSISTENT");
  // Left out is not the same as asked for.
  EXPECT_EQ(UnwrapAs(Root(), blob, Without(Loading({}), {CKA_SENSITIVE})), "TEMPLATE_INCONSISTENT");
}

TEST_F(AttackTable, Row03SucceedsWithoutUnwrapTemplate) {
  const ObjectHandle root = WeakRoot();
  const ObjectHandle victim = Victim();
  ObjectHandle read;
  ASSERT_EQ(Unwrap(root, Blob(root, victim), kReadable, &read), "OK");
  EXPECT_EQ(ToBytes(crypto::HmacSha256(Value(read), AsBytes("input"))), Tag(victim));
}

TEST_F(AttackTable, Row04ABlobDoesNotOpenAsAKeyThatAnybodyMayWrap) {
  const AttributeList loose{Is(CKA_EXTRACTABLE), IsNot(CKA_WRAP_WITH_TRUSTED)};
  EXPECT_EQ(Unwrap(Root(), Blob(Root(), Victim()), loose), "TEMPLATE_INCONSISTENT");
  ObjectHandle opened;
  ASSERT_EQ(Unwrap(WeakRoot(), Blob(WeakRoot(), Victim()), loose, &opened), "OK");
  EXPECT_EQ(Wrap(OwnKey(), opened), "OK");
}

TEST_F(AttackTable, Row04AnExtractableKeyLeavesOnlyUnderATrustedRoot) {
  ObjectHandle opened;
  // Allowed, or roots could not be rotated.
  ASSERT_EQ(Unwrap(Root(), Blob(Root(), Victim()), {Is(CKA_EXTRACTABLE)}, &opened), "OK");
  EXPECT_EQ(Wrap(OwnKey(), opened), "KEY_NOT_WRAPPABLE");
  EXPECT_EQ(Wrap(Root(), opened), "OK");
  EXPECT_EQ(Set(opened, IsNot(CKA_WRAP_WITH_TRUSTED)), "ACTION_PROHIBITED");
  EXPECT_EQ(Set(opened, IsNot(CKA_SENSITIVE)), "ACTION_PROHIBITED");
  EXPECT_EQ(Copy(opened, {IsNot(CKA_SENSITIVE)}), "ACTION_PROHIBITED");
  EXPECT_EQ(Value(opened), Bytes());
}

TEST_F(AttackTable, Row05AMacKeyDoesNotOpenAsAnAesKey) {
  for (const CK_ATTRIBUTE_TYPE right : {CKA_ENCRYPT, CKA_DECRYPT, CKA_WRAP, CKA_UNWRAP}) {
    const AttributeList as_aes{Number(CKA_KEY_TYPE, CKK_AES), Is(right)};
    EXPECT_EQ(Unwrap(Root(), Blob(Root(), Victim()), as_aes), "TEMPLATE_INCONSISTENT");
    EXPECT_EQ(Unwrap(WeakRoot(), Blob(WeakRoot(), Victim()), as_aes), "OK");
  }
}

TEST_F(AttackTable, Row05AMacKeyDoesNotOpenWithAnotherMechanism) {
  const AttributeList wider{AllowedMechanisms({CKM_SHA256_HMAC, CKM_SHA512_HMAC})};
  EXPECT_EQ(Unwrap(Root(), Blob(Root(), Victim()), wider), "TEMPLATE_INCONSISTENT");
  EXPECT_EQ(Unwrap(WeakRoot(), Blob(WeakRoot(), Victim()), wider), "OK");
}

TEST_F(AttackTable, Row06NoRootTakesAnotherRight) {
  for (const RootClass root : kRootClasses) {
    for (const CK_ATTRIBUTE_TYPE right : {CKA_DECRYPT, CKA_ENCRYPT, CKA_DERIVE, CKA_SIGN}) {
      EXPECT_EQ(Set(Root(root), Is(right)), "ACTION_PROHIBITED");
      EXPECT_EQ(Copy(Root(root), {Is(right)}), "ATTRIBUTE_READ_ONLY");
    }
    EXPECT_EQ(Set(Root(root), Is(CKA_MODIFIABLE)), "ACTION_PROHIBITED");
    EXPECT_EQ(Code(session().DecryptInit(CKM_AES_ECB, Root(root))), "KEY_FUNCTION_NOT_PERMITTED");
  }
}

TEST_F(AttackTable, Row06AModifiableRootHasOnlyItsMechanismsLeft) {
  const ObjectHandle root = ModifiableRoot();
  EXPECT_EQ(Copy(root, {Is(CKA_DECRYPT)}), "OK");
  EXPECT_EQ(Set(root, Is(CKA_DECRYPT)), "OK");
  EXPECT_EQ(Code(session().DecryptInit(CKM_AES_ECB, root)), "MECHANISM_INVALID");
}

TEST_F(AttackTable, Row06SucceedsOnAModifiableRootWithoutMechanisms) {
  const ObjectHandle root = WeakRoot();
  EXPECT_EQ(Set(root, Is(CKA_DECRYPT)), "OK");
  EXPECT_EQ(Code(session().DecryptInit(CKM_AES_ECB, root)), "OK");
}

TEST_F(AttackTable, Row07ALoadedKeyTakesNoOtherRight) {
  ObjectHandle loaded;
  ASSERT_EQ(Unwrap(Root(), Blob(Root(), Victim()), {}, &loaded), "OK");
  EXPECT_EQ(Set(loaded, Is(CKA_DECRYPT)), "ACTION_PROHIBITED");
  EXPECT_EQ(Unwrap(Root(), Blob(Root(), Victim()), {Is(CKA_MODIFIABLE)}), "TEMPLATE_INCONSISTENT");
  ASSERT_EQ(Unwrap(WeakRoot(), Blob(WeakRoot(), Victim()), {Is(CKA_MODIFIABLE)}, &loaded), "OK");
  EXPECT_EQ(Set(loaded, Is(CKA_DECRYPT)), "OK");
}

TEST_F(AttackTable, Row08NoRootWrapsByCbc) {
  for (const RootClass root : kRootClasses)
    EXPECT_EQ(WrapByCbc(Root(root), Victim()), "MECHANISM_INVALID");
  EXPECT_EQ(WrapByCbc(WeakRoot(), Victim()), "OK");
}

TEST_F(AttackTable, Row09ABlobDoesNotOpenIntoATokenObject) {
  EXPECT_EQ(Unwrap(Root(), Blob(Root(), Victim()), {Is(CKA_TOKEN)}), "TEMPLATE_INCONSISTENT");
  ObjectHandle kept;
  ASSERT_EQ(Unwrap(WeakRoot(), Blob(WeakRoot(), Victim()), {Is(CKA_TOKEN)}, &kept), "OK");
  EXPECT_EQ(Code(session().Destroy(kept)), "OK");
}

TEST_F(AttackTable, Row10NoRootDerivesAReadableKey) {
  for (const RootClass root : kRootClasses)
    EXPECT_EQ(Derive(Root(root)), "KEY_FUNCTION_NOT_PERMITTED");
  EXPECT_EQ(Derive(OwnKey()), "OK");
}

TEST_F(AttackTable, Row11NothingWrapsARoot) {
  for (const RootClass root : kRootClasses) {
    EXPECT_EQ(Wrap(OwnKey(), Root(root)), "KEY_UNEXTRACTABLE");
    EXPECT_EQ(Wrap(KnownRoot(), Root(root)), "KEY_UNEXTRACTABLE");
    EXPECT_EQ(Wrap(Root(), Root(root)), "KEY_UNEXTRACTABLE");
    EXPECT_EQ(Value(Root(root)), Bytes());
  }
  EXPECT_EQ(Wrap(OwnKey(), OwnKey()), "OK");
}

TEST_F(AttackTable, Row12NothingDestroysALastingRootOrServiceKey) {
  for (const RootClass root : kRootClasses)
    EXPECT_EQ(Code(session().Destroy(Root(root))), "ACTION_PROHIBITED");
  for (const std::string_view label : {kIntegrityLabel, kSealLabel}) {
    const ObjectHandle key = intruder().FindOnly(TokenObjects(CKO_SECRET_KEY, label));
    EXPECT_EQ(Code(session().Destroy(key)), "ACTION_PROHIBITED");
    EXPECT_EQ(Copy(key, {IsNot(CKA_TOKEN)}), "ACTION_PROHIBITED");
    EXPECT_EQ(Wrap(KnownRoot(), key), "KEY_UNEXTRACTABLE");
  }
  const ObjectHandle audit = intruder().FindOnly(TokenObjects(CKO_PRIVATE_KEY, kAuditLabel));
  EXPECT_EQ(Code(session().Destroy(audit)), "ACTION_PROHIBITED");
  EXPECT_EQ(Wrap(KnownRoot(), audit), "KEY_UNEXTRACTABLE");
  EXPECT_EQ(Code(session().Destroy(WeakRoot())), "OK");
}

TEST_F(AttackTable, Row13TheUserMakesNoTrustedKey) {
  ObjectHandle made;
  const AttributeList own{Number(CKA_CLASS, CKO_SECRET_KEY), Number(CKA_KEY_TYPE, CKK_AES),
                          IsNot(CKA_TOKEN), Is(CKA_WRAP), Is(CKA_TRUSTED)};
  EXPECT_EQ(Code(session().GenerateKey(CKM_AES_KEY_GEN,
                                       Template(Joined(own, {Number(CKA_VALUE_LEN, 32)})), made)),
            "ATTRIBUTE_READ_ONLY");
  EXPECT_EQ(Code(session().Create(Template(Joined(own, {Raw(CKA_VALUE, OwnKeyValue())})), made)),
            "ATTRIBUTE_READ_ONLY");
  EXPECT_EQ(Set(OwnKey(), Is(CKA_TRUSTED)), "ATTRIBUTE_READ_ONLY");
  EXPECT_EQ(Copy(OwnKey(), {Is(CKA_TRUSTED)}), "ATTRIBUTE_READ_ONLY");
}

// Nothing in the token stops this one; the attacker needs to write the database as well.
TEST_F(AttackTable, Row14ForgingABlobSucceedsAndIsLeftToTheRowMac) {
  const Bytes known(32, 0x77);
  AttributeList forged = Without(Making(BackingKeyPlan()), {CKA_VALUE_LEN});
  forged.insert(forged.begin(), Raw(CKA_VALUE, known));
  ObjectHandle key;
  ASSERT_EQ(Code(session().Create(Template(forged), key)), "OK");
  ObjectHandle loaded;
  ASSERT_EQ(Unwrap(Root(), Blob(Root(), key), {}, &loaded), "OK");
  EXPECT_EQ(Tag(loaded), ToBytes(crypto::HmacSha256(known, AsBytes("input"))));
}

TEST_F(AttackTable, Row15ASigningKeyOpensForSigningOnly) {
  const ObjectHandle root = Root(RootClass::kSign);
  const Bytes blob = Blob(root, SigningKey());
  EXPECT_EQ(UnwrapAs(root, blob, LoadingPrivate(RootClass::kSign)), "OK");
  for (const CK_ATTRIBUTE_TYPE right : {CKA_DECRYPT, CKA_DERIVE, CKA_UNWRAP, CKA_SIGN_RECOVER})
    EXPECT_EQ(UnwrapAs(root, blob, LoadingPrivate(RootClass::kSign, {Is(right)})),
              "TEMPLATE_INCONSISTENT");
  EXPECT_EQ(UnwrapAs(root, blob, LoadingPrivate(RootClass::kDecrypt)), "TEMPLATE_INCONSISTENT");
  EXPECT_EQ(UnwrapAs(root, blob, LoadingPrivate(RootClass::kAgree)), "TEMPLATE_INCONSISTENT");
}

// As the engine makes and opens them, with every other right in turn.
TEST_F(AttackTable, Row15EveryPrivateKeyOpensForItsUsageOnly) {
  using domain::KeySpec;
  using domain::KeyUsage;
  for (const auto& [spec, usage] : {std::pair(KeySpec::kRsa2048, KeyUsage::kSignVerify),
                                    std::pair(KeySpec::kRsa2048, KeyUsage::kEncryptDecrypt),
                                    std::pair(KeySpec::kEccNistP256, KeyUsage::kSignVerify),
                                    std::pair(KeySpec::kEccNistP256, KeyUsage::kKeyAgreement)}) {
    const KeyPlan& plan = *FindPlan(spec, usage);
    const Bytes blob = Blob(Root(plan.root), PrivateKey(plan));
    EXPECT_EQ(UnwrapAs(Root(plan.root), blob, hsm::Loading(plan)), "OK");
    for (const CK_ATTRIBUTE_TYPE right :
         {CKA_SIGN, CKA_DECRYPT, CKA_DERIVE, CKA_UNWRAP, CKA_SIGN_RECOVER}) {
      if (right == plan.right) continue;
      const AttributeList more = With(hsm::Loading(plan), {Is(right)});
      EXPECT_EQ(UnwrapAs(Root(plan.root), blob, more), "TEMPLATE_INCONSISTENT");
      EXPECT_EQ(UnwrapAs(Root(plan.root), blob, With(more, {IsNot(plan.right)})),
                "TEMPLATE_INCONSISTENT");
    }
  }
}

TEST_F(AttackTable, Row15NoOtherRootOpensASigningKey) {
  const Bytes blob = Blob(Root(RootClass::kSign), SigningKey());
  for (const RootClass other : {RootClass::kDecrypt, RootClass::kAgree})
    EXPECT_EQ(UnwrapAs(Root(other), blob, LoadingPrivate(other)), "GENERAL_ERROR");
}

TEST_F(AttackTable, Row15SucceedsUnderOneRootForAllUsages) {
  const ObjectHandle root = WeakRoot();
  const Bytes blob = Blob(root, SigningKey());
  EXPECT_EQ(UnwrapAs(root, blob, LoadingPrivate(RootClass::kSign, {Is(CKA_DERIVE)})), "OK");
  EXPECT_EQ(UnwrapAs(root, blob, LoadingPrivate(RootClass::kSign, {Is(CKA_DECRYPT)})), "OK");
}

TEST_F(AttackTable, Row16SwappingBlobsOfOneRootSucceedsAndIsLeftToTheRowMac) {
  const ObjectHandle of_one_row = Victim();
  const ObjectHandle of_another = Victim();
  ObjectHandle loaded;
  ASSERT_EQ(Unwrap(Root(), Blob(Root(), of_another), {}, &loaded), "OK");
  EXPECT_EQ(Tag(loaded), Tag(of_another));
  EXPECT_NE(Tag(loaded), Tag(of_one_row));
}

TEST_F(AttackTable, Row16ACustomersMacKeyHasAnotherRoot) {
  EXPECT_EQ(Unwrap(Root(), Blob(Root(RootClass::kHmac), Victim()), {}), "GENERAL_ERROR");
}

// Harmless for keys of 256 random bits.
TEST_F(AttackTable, Row17DigestingAKeySucceeds) {
  CK_SESSION_HANDLE handle = 0;
  ASSERT_EQ(
      Code(api().C_OpenSession(intruder().slot(), CKF_SERIAL_SESSION, nullptr, nullptr, &handle)),
      "OK");
  CK_MECHANISM how{CKM_SHA256, nullptr, 0};
  std::array<CK_BYTE, 32> digest{};
  CK_ULONG size = digest.size();
  EXPECT_EQ(Code(api().C_DigestInit(handle, &how)), "OK");
  EXPECT_EQ(Code(api().C_DigestKey(handle, Root().value)), "OK");
  EXPECT_EQ(Code(api().C_DigestFinal(handle, digest.data(), &size)), "OK");
  EXPECT_EQ(size, digest.size());
  EXPECT_EQ(Code(api().C_CloseSession(handle)), "OK");
}

// Why the two PINs belong to different people, and the officer's to nobody alone.
TEST_F(AttackTable, Row18OfficerAndUserTogetherSucceed) {
  const ObjectHandle victim = Victim();
  ObjectHandle opened;
  ASSERT_EQ(Unwrap(Root(), Blob(Root(), victim), {Is(CKA_EXTRACTABLE)}, &opened), "OK");
  const auto stolen = crypto::KeyWrapPadOpen(KnownRootValue(), Blob(KnownRoot(), opened));
  ASSERT_TRUE(stolen);
  EXPECT_EQ(ToBytes(crypto::HmacSha256(stolen->view(), AsBytes("input"))), Tag(victim));
}

TEST_F(AttackTable, Row19ASecretDoesNotOpenAsAPrivateKey) {
  const ObjectHandle root = Root(RootClass::kSign);
  const Bytes secret = Blob(root, Victim());
  EXPECT_EQ(UnwrapAs(root, secret, LoadingPrivate(RootClass::kSign)), "FUNCTION_FAILED");
  EXPECT_EQ(
      UnwrapAs(root, secret, LoadingPrivate(RootClass::kSign, {Number(CKA_KEY_TYPE, CKK_RSA)})),
      "FUNCTION_FAILED");
  EXPECT_EQ(UnwrapAs(root, secret, Loading({})), "TEMPLATE_INCONSISTENT");
}

TEST_F(AttackTable, Row19NoRootOpensASecretAsAPrivateKey) {
  for (const KeyPlan& plan : AllPlans()) {
    if (plan.is_secret() || plan.is_edwards()) continue;
    const Bytes secret = Blob(Root(plan.root), Victim());
    EXPECT_EQ(UnwrapAs(Root(plan.root), secret, hsm::Loading(plan)), "FUNCTION_FAILED");
  }
}

TEST_F(AttackTable, Row19TheMacRootDoesNotOpenAPrivateKey) {
  const Bytes blob = Blob(Root(RootClass::kSign), SigningKey());
  EXPECT_EQ(Unwrap(Root(), blob, {}), "GENERAL_ERROR");
}

// Out of scope: only the audit trail tells.
TEST_F(AttackTable, Row20UsingAKeySucceedsWhileTheSessionLasts) {
  ObjectHandle loaded;
  const ObjectHandle victim = Victim();
  ASSERT_EQ(Unwrap(Root(), Blob(Root(), victim), {}, &loaded), "OK");
  EXPECT_EQ(Tag(loaded), Tag(victim));
}

}  // namespace
}  // namespace kmaas::hsm
