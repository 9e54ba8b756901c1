// The templates of roots and service keys.
#include "hsm/key_templates.h"

#include "crypto/public_key_info.h"

namespace kmaas::hsm {
namespace {

constexpr std::uint32_t kAesKeyBytes = 32;

AttributeList RootRights() { return SecretKeyRights({CKA_WRAP, CKA_UNWRAP}); }

AttributeList SecretKeyRule() {
  return {Number(CKA_CLASS, CKO_SECRET_KEY),
          Number(CKA_KEY_TYPE, CKK_GENERIC_SECRET),
          IsNot(CKA_TOKEN),
          Is(CKA_PRIVATE),
          Is(CKA_SENSITIVE),
          Is(CKA_WRAP_WITH_TRUSTED),
          IsNot(CKA_ENCRYPT),
          IsNot(CKA_DECRYPT),
          IsNot(CKA_WRAP),
          IsNot(CKA_UNWRAP),
          IsNot(CKA_DERIVE),
          IsNot(CKA_COPYABLE),
          IsNot(CKA_MODIFIABLE)};
}

AttributeList PrivateKeyRule(CK_ATTRIBUTE_TYPE granted) {
  AttributeList list{Number(CKA_CLASS, CKO_PRIVATE_KEY), IsNot(CKA_TOKEN), Is(CKA_PRIVATE),
                     Is(CKA_SENSITIVE), Is(CKA_WRAP_WITH_TRUSTED)};
  list = Joined(std::move(list), PrivateKeyRights(granted));
  list.push_back(IsNot(CKA_COPYABLE));
  list.push_back(IsNot(CKA_MODIFIABLE));
  return list;
}

// What all secret keys that stay in the token have in common.
AttributeList Kept(CK_KEY_TYPE type, CK_ULONG length_bytes) {
  return {Number(CKA_CLASS, CKO_SECRET_KEY),
          Number(CKA_KEY_TYPE, type),
          Number(CKA_VALUE_LEN, length_bytes),
          Is(CKA_TOKEN),
          Is(CKA_PRIVATE),
          Is(CKA_SENSITIVE),
          IsNot(CKA_EXTRACTABLE)};
}

AttributeList AsOneToken(AttributeList list, std::string_view label, std::uint32_t generation) {
  list.push_back(Text(CKA_LABEL, label));
  list.push_back(GenerationId(label, generation));
  return list;
}

AttributeList RootSecrecy(RootClass root, CK_MECHANISM_TYPE wrap) {
  return {Is(CKA_SENSITIVE), IsNot(CKA_EXTRACTABLE), Is(CKA_TRUSTED),
          Nested(CKA_UNWRAP_TEMPLATE, UnwrapRule(root)), AllowedMechanisms({wrap})};
}

}  // namespace

AttributeList SecretKeyRights(std::initializer_list<CK_ATTRIBUTE_TYPE> granted) {
  AttributeList list;
  for (const CK_ATTRIBUTE_TYPE right :
       {CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN, CKA_VERIFY, CKA_WRAP, CKA_UNWRAP, CKA_DERIVE}) {
    bool is_granted = false;
    for (const CK_ATTRIBUTE_TYPE type : granted) is_granted = is_granted || type == right;
    list.push_back(is_granted ? Is(right) : IsNot(right));
  }
  return list;
}

// ENCRYPT, WRAP and VERIFY are not attributes of private keys.
AttributeList PrivateKeyRights(CK_ATTRIBUTE_TYPE granted) {
  AttributeList list;
  for (const CK_ATTRIBUTE_TYPE right :
       {CKA_UNWRAP, CKA_SIGN_RECOVER, CKA_SIGN, CKA_DECRYPT, CKA_DERIVE})
    list.push_back(right == granted ? Is(right) : IsNot(right));
  return list;
}

std::string_view RootLabel(RootClass root) {
  switch (root) {
    case RootClass::kMac:
      return "kmaas-root-mac";
    case RootClass::kHmac:
      return "kmaas-root-hmac";
    case RootClass::kSign:
      return "kmaas-root-sign";
    case RootClass::kDecrypt:
      return "kmaas-root-decrypt";
    case RootClass::kAgree:
      return "kmaas-root-agree";
  }
  return "";
}

Attribute GenerationId(std::string_view label, std::uint32_t generation) {
  Bytes id = ToBytes(AsBytes(label));
  AppendU32(id, generation);
  return Raw(CKA_ID, id);
}

std::optional<std::uint32_t> ParseGenerationId(std::string_view label, ByteView id) {
  ByteReader reader(id);
  if (AsText(reader.Take(label.size())) != label) return std::nullopt;
  const std::uint32_t generation = reader.U32();
  if (!reader.ok() || !reader.rest().empty() || generation == 0) return std::nullopt;
  return generation;
}

AttributeList TokenObjects(CK_OBJECT_CLASS object_class, std::string_view label) {
  return {Is(CKA_TOKEN), Number(CKA_CLASS, object_class), Text(CKA_LABEL, label)};
}

AttributeList UnwrapRule(RootClass root) {
  switch (root) {
    case RootClass::kMac: {
      // All backing keys have one list of mechanisms, so the root can pin it.
      AttributeList rule = SecretKeyRule();
      rule.insert(rule.end() - 1, AllowedMechanisms({CKM_SHA256_HMAC}));
      return rule;
    }
    case RootClass::kHmac:
      return SecretKeyRule();
    case RootClass::kSign:
      return PrivateKeyRule(CKA_SIGN);
    case RootClass::kDecrypt:
      return PrivateKeyRule(CKA_DECRYPT);
    case RootClass::kAgree:
      return PrivateKeyRule(CKA_DERIVE);
  }
  return {};
}

AttributeList RootMaking(RootClass root, CK_MECHANISM_TYPE wrap, RootLife life) {
  AttributeList list{Number(CKA_CLASS, CKO_SECRET_KEY),
                     Number(CKA_KEY_TYPE, CKK_AES),
                     Number(CKA_VALUE_LEN, kAesKeyBytes),
                     IsNot(CKA_TOKEN),
                     IsNot(CKA_PRIVATE),
                     Text(CKA_LABEL, RootLabel(root))};
  list = Joined(std::move(list), RootRights());
  list.push_back(life == RootLife::kLasting ? IsNot(CKA_DESTROYABLE) : Is(CKA_DESTROYABLE));
  return Joined(std::move(list), RootSecrecy(root, wrap));
}

AttributeList RootKeeping(RootClass root, std::uint32_t generation) {
  return {Is(CKA_TOKEN), Is(CKA_PRIVATE), GenerationId(RootLabel(root), generation),
          IsNot(CKA_MODIFIABLE)};
}

AttributeList RootRehearsing() {
  return {IsNot(CKA_TOKEN), Is(CKA_PRIVATE), IsNot(CKA_MODIFIABLE)};
}

AttributeList WeakRootMaking(RootClass root, CK_MECHANISM_TYPE wrap, std::uint32_t generation) {
  AttributeList list = AsOneToken(Kept(CKK_AES, kAesKeyBytes), RootLabel(root), generation);
  list = Joined(std::move(list), RootRights());
  list.push_back(Nested(CKA_UNWRAP_TEMPLATE, UnwrapRule(root)));
  list.push_back(AllowedMechanisms({wrap}));
  list.push_back(IsNot(CKA_MODIFIABLE));
  return list;
}

AttributeList RootAsMade(RootClass root, CK_MECHANISM_TYPE wrap, std::uint32_t generation) {
  AttributeList list{Number(CKA_CLASS, CKO_SECRET_KEY), Number(CKA_KEY_TYPE, CKK_AES),
                     Number(CKA_VALUE_LEN, kAesKeyBytes), Is(CKA_TOKEN), Is(CKA_PRIVATE)};
  list = AsOneToken(std::move(list), RootLabel(root), generation);
  list = Joined(std::move(list), RootRights());
  list = Joined(std::move(list), RootSecrecy(root, wrap));
  list.push_back(IsNot(CKA_MODIFIABLE));
  return Joined(std::move(list), BornInToken());
}

AttributeList ServiceKeyMaking(std::string_view label, std::uint32_t generation) {
  AttributeList list = AsOneToken(Kept(CKK_GENERIC_SECRET, kMacKeyBytes), label, generation);
  list = Joined(std::move(list), SecretKeyRights({CKA_SIGN, CKA_VERIFY}));
  list.push_back(AllowedMechanisms({CKM_SHA256_HMAC}));
  return Joined(std::move(list),
                {IsNot(CKA_COPYABLE), IsNot(CKA_DESTROYABLE), IsNot(CKA_MODIFIABLE)});
}

AttributeList AuditPrivateMaking(std::uint32_t generation) {
  AttributeList list{Number(CKA_CLASS, CKO_PRIVATE_KEY),
                     Number(CKA_KEY_TYPE, CKK_EC),
                     Is(CKA_TOKEN),
                     Is(CKA_PRIVATE),
                     Is(CKA_SENSITIVE),
                     IsNot(CKA_EXTRACTABLE),
                     Is(CKA_SIGN),
                     IsNot(CKA_SIGN_RECOVER),
                     IsNot(CKA_DECRYPT),
                     IsNot(CKA_UNWRAP),
                     IsNot(CKA_DERIVE),
                     AllowedMechanisms({CKM_ECDSA})};
  list = AsOneToken(std::move(list), kAuditLabel, generation);
  return Joined(std::move(list),
                {IsNot(CKA_COPYABLE), IsNot(CKA_DESTROYABLE), IsNot(CKA_MODIFIABLE)});
}

AttributeList AuditPublicMaking(std::uint32_t generation) {
  AttributeList list{Number(CKA_CLASS, CKO_PUBLIC_KEY),
                     Number(CKA_KEY_TYPE, CKK_EC),
                     Raw(CKA_EC_PARAMS, crypto::CurveOid(domain::KeySpec::kEccNistP256)),
                     Is(CKA_TOKEN),
                     IsNot(CKA_PRIVATE),
                     Is(CKA_VERIFY),
                     IsNot(CKA_VERIFY_RECOVER),
                     IsNot(CKA_ENCRYPT),
                     IsNot(CKA_WRAP)};
  list = AsOneToken(std::move(list), kAuditPublicLabel, generation);
  return Joined(std::move(list),
                {IsNot(CKA_COPYABLE), IsNot(CKA_DESTROYABLE), IsNot(CKA_MODIFIABLE)});
}

AttributeList AnchorMaking(ByteView value) {
  return {Number(CKA_CLASS, CKO_DATA),
          Is(CKA_TOKEN),
          Is(CKA_PRIVATE),
          Text(CKA_LABEL, kAnchorLabel),
          Text(CKA_APPLICATION, "kmaas"),
          Raw(CKA_VALUE, value),
          IsNot(CKA_MODIFIABLE)};
}

AttributeList BornInToken() {
  return {Is(CKA_LOCAL), Is(CKA_ALWAYS_SENSITIVE), Is(CKA_NEVER_EXTRACTABLE)};
}

}  // namespace kmaas::hsm
