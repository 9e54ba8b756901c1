// The templates of customers' keys.
#include "hsm/material_templates.h"

#include "crypto/public_key_info.h"
#include "hsm/key_templates.h"

namespace kmaas::hsm {
namespace {

// 65537 in big-endian bytes.
constexpr std::uint8_t kPublicExponent[] = {0x01, 0x00, 0x01};
// PrintableString "edwards25519": older modules know no OID for it.
constexpr std::uint8_t kEdwards25519[] = {0x13, 0x0c, 'e', 'd', 'w', 'a', 'r',
                                          'd',  's',  '2', '5', '5', '1', '9'};
constexpr CK_ULONG kAesKeyBytes = 32;

enum class Extraction { kByTrustedRoot, kNone };

AttributeList Rights(const KeyPlan& plan) {
  // What makes MACs may verify them: so the token's own are checked.
  return plan.is_secret() ? SecretKeyRights({plan.right, CKA_VERIFY})
                          : PrivateKeyRights(plan.right);
}

AttributeList Kind(const KeyPlan& plan) {
  return {Number(CKA_CLASS, plan.object_class()), Number(CKA_KEY_TYPE, plan.type)};
}

Attribute Mechanisms(const KeyPlan& plan) {
  Attribute list = AllowedMechanisms({});
  for (const CK_MECHANISM_TYPE use : plan.uses) Append(list.value, AllowedMechanisms({use}).value);
  return list;
}

// Of an object that goes with its session.
AttributeList Passing(AttributeList list, Extraction extraction) {
  return Joined(std::move(list),
                {IsNot(CKA_TOKEN), Is(CKA_PRIVATE), Is(CKA_SENSITIVE),
                 extraction == Extraction::kNone ? IsNot(CKA_EXTRACTABLE) : Is(CKA_EXTRACTABLE),
                 Is(CKA_WRAP_WITH_TRUSTED)});
}

AttributeList Closed(AttributeList list, const KeyPlan& plan) {
  return Joined(std::move(list), {IsNot(CKA_COPYABLE), Mechanisms(plan), IsNot(CKA_MODIFIABLE)});
}

AttributeList WithLength(AttributeList list, const KeyPlan& plan) {
  if (plan.is_secret()) list.push_back(Number(CKA_VALUE_LEN, plan.length_bytes()));
  return list;
}

AttributeList Resident(AttributeList list, const KeyPlan& plan, const domain::MaterialId& id) {
  list = Joined(std::move(list),
                {Is(CKA_TOKEN), Is(CKA_PRIVATE), Is(CKA_SENSITIVE), IsNot(CKA_EXTRACTABLE),
                 Text(CKA_LABEL, kResidentLabel), Raw(CKA_ID, id.bits)});
  return Closed(Joined(std::move(list), Rights(plan)), plan);
}

ByteView CurveParameters(const KeyPlan& plan) {
  return plan.is_ec() ? crypto::CurveOid(plan.spec) : ByteView(kEdwards25519);
}

AttributeList RsaSize(CK_ULONG bits) {
  return {Number(CKA_MODULUS_BITS, bits), Raw(CKA_PUBLIC_EXPONENT, kPublicExponent)};
}

AttributeList AesKey(std::initializer_list<CK_ATTRIBUTE_TYPE> rights) {
  AttributeList list{Number(CKA_CLASS, CKO_SECRET_KEY),
                     Number(CKA_KEY_TYPE, CKK_AES),
                     IsNot(CKA_TOKEN),
                     Is(CKA_PRIVATE),
                     Is(CKA_SENSITIVE),
                     IsNot(CKA_EXTRACTABLE)};
  return Joined(std::move(list), SecretKeyRights(rights));
}

AttributeList UsedByNobody(Attribute sensitive) {
  AttributeList list{Number(CKA_CLASS, CKO_SECRET_KEY),
                     Number(CKA_KEY_TYPE, CKK_GENERIC_SECRET),
                     IsNot(CKA_TOKEN),
                     Is(CKA_PRIVATE),
                     std::move(sensitive),
                     Is(CKA_EXTRACTABLE),
                     IsNot(CKA_WRAP_WITH_TRUSTED)};
  return Joined(std::move(list), SecretKeyRights({}));
}

}  // namespace

AttributeList Making(const KeyPlan& plan) {
  AttributeList list = Passing(WithLength(Kind(plan), plan), Extraction::kByTrustedRoot);
  return Closed(Joined(std::move(list), Rights(plan)), plan);
}

AttributeList PublicMaking(const KeyPlan& plan) {
  AttributeList list{Number(CKA_CLASS, CKO_PUBLIC_KEY), Number(CKA_KEY_TYPE, plan.type),
                     IsNot(CKA_TOKEN), IsNot(CKA_PRIVATE)};
  if (plan.type == CKK_RSA) {
    list = Joined(std::move(list), RsaSize(plan.modulus_bytes() * 8));
  } else {
    list.push_back(Raw(CKA_EC_PARAMS, CurveParameters(plan)));
  }
  // NSS refuses a private key that decrypts without a public one that encrypts, and the like.
  return Joined(std::move(list), {plan.right == CKA_DECRYPT ? Is(CKA_ENCRYPT) : IsNot(CKA_ENCRYPT),
                                  plan.right == CKA_SIGN ? Is(CKA_VERIFY) : IsNot(CKA_VERIFY),
                                  IsNot(CKA_VERIFY_RECOVER), IsNot(CKA_WRAP)});
}

AttributeList Loading(const KeyPlan& plan) {
  AttributeList list = Passing(Kind(plan), Extraction::kNone);
  return Closed(Joined(std::move(list), Rights(plan)), plan);
}

AttributeList Arriving(const KeyPlan& plan) {
  AttributeList list = Passing(Kind(plan), Extraction::kByTrustedRoot);
  return Closed(Joined(std::move(list), Rights(plan)), plan);
}

AttributeList ResidentMaking(const KeyPlan& plan, const domain::MaterialId& id) {
  return Resident(WithLength(Kind(plan), plan), plan, id);
}

AttributeList ResidentArriving(const KeyPlan& plan, const domain::MaterialId& id) {
  return Resident(Kind(plan), plan, id);
}

AttributeList ResidentFinding(CK_OBJECT_CLASS object_class, const domain::MaterialId& id) {
  return Joined(TokenObjects(object_class, kResidentLabel), {Raw(CKA_ID, id.bits)});
}

AttributeList ImportPrivateMaking(const domain::ImportKeyId& id, ImportRight right,
                                  CK_MECHANISM_TYPE mechanism) {
  AttributeList list{Number(CKA_CLASS, CKO_PRIVATE_KEY),
                     Number(CKA_KEY_TYPE, CKK_RSA),
                     Is(CKA_TOKEN),
                     Is(CKA_PRIVATE),
                     Is(CKA_SENSITIVE),
                     IsNot(CKA_EXTRACTABLE),
                     Text(CKA_LABEL, kImportLabel),
                     Raw(CKA_ID, id.bits)};
  const bool unwraps = right == ImportRight::kUnwraps;
  list = Joined(std::move(list), PrivateKeyRights(unwraps ? CKA_UNWRAP : CKA_DECRYPT));
  list.push_back(AllowedMechanisms({mechanism}));
  list.push_back(IsNot(CKA_COPYABLE));
  if (unwraps)
    list.push_back(
        Nested(CKA_UNWRAP_TEMPLATE, {IsNot(CKA_TOKEN), Is(CKA_PRIVATE), Is(CKA_SENSITIVE),
                                     IsNot(CKA_ENCRYPT), IsNot(CKA_DECRYPT)}));
  list.push_back(IsNot(CKA_MODIFIABLE));
  return list;
}

AttributeList ImportPublicMaking(CK_ULONG bits, ImportRight right) {
  AttributeList list{Number(CKA_CLASS, CKO_PUBLIC_KEY), Number(CKA_KEY_TYPE, CKK_RSA),
                     IsNot(CKA_TOKEN), IsNot(CKA_PRIVATE)};
  list = Joined(std::move(list), RsaSize(bits));
  const bool unwraps = right == ImportRight::kUnwraps;
  return Joined(std::move(list), {unwraps ? IsNot(CKA_ENCRYPT) : Is(CKA_ENCRYPT),
                                  unwraps ? Is(CKA_WRAP) : IsNot(CKA_WRAP), IsNot(CKA_VERIFY),
                                  IsNot(CKA_VERIFY_RECOVER)});
}

AttributeList ImportFinding(const domain::ImportKeyId& id) {
  return Joined(TokenObjects(CKO_PRIVATE_KEY, kImportLabel), {Raw(CKA_ID, id.bits)});
}

AttributeList EphemeralKey() { return AesKey({CKA_UNWRAP}); }

AttributeList FerryKey() {
  AttributeList list = AesKey({CKA_WRAP, CKA_UNWRAP});
  list.push_back(Number(CKA_VALUE_LEN, kAesKeyBytes));
  return list;
}

AttributeList FerriedSecret() { return UsedByNobody(Is(CKA_SENSITIVE)); }

AttributeList ReadableSecret() { return UsedByNobody(IsNot(CKA_SENSITIVE)); }

AttributeList SharedSecret(CK_ULONG length_bytes) {
  AttributeList list = ReadableSecret();
  list.push_back(Number(CKA_VALUE_LEN, length_bytes));
  return list;
}

}  // namespace kmaas::hsm
