// The table of key plans and the names of mechanisms.
#include "hsm/mechanisms.h"

#include <array>
#include <cstdio>

namespace kmaas::hsm {
namespace {

using domain::KeySpec;
using domain::KeyUsage;

constexpr CK_MECHANISM_TYPE kSha224[] = {CKM_SHA224_HMAC};
constexpr CK_MECHANISM_TYPE kSha256[] = {CKM_SHA256_HMAC};
constexpr CK_MECHANISM_TYPE kSha384[] = {CKM_SHA384_HMAC};
constexpr CK_MECHANISM_TYPE kSha512[] = {CKM_SHA512_HMAC};
constexpr CK_MECHANISM_TYPE kRsaSigns[] = {CKM_RSA_PKCS, CKM_RSA_PKCS_PSS};
// Raw, because some tokens know OAEP with SHA-1 only, and one key serves both hashes.
constexpr CK_MECHANISM_TYPE kRsaDecrypts[] = {CKM_RSA_PKCS_OAEP, CKM_RSA_X_509};
constexpr CK_MECHANISM_TYPE kEcSigns[] = {CKM_ECDSA};
constexpr CK_MECHANISM_TYPE kEcAgrees[] = {CKM_ECDH1_DERIVE};
constexpr CK_MECHANISM_TYPE kEdwardsSigns[] = {CKM_EDDSA};

constexpr KeyPlan Hmac(KeySpec spec, std::span<const CK_MECHANISM_TYPE> uses) {
  return {spec,
          KeyUsage::kGenerateVerifyMac,
          RootClass::kHmac,
          CKM_GENERIC_SECRET_KEY_GEN,
          CKK_GENERIC_SECRET,
          CKA_SIGN,
          uses};
}
constexpr KeyPlan RsaSigner(KeySpec spec) {
  return {spec,
          KeyUsage::kSignVerify,
          RootClass::kSign,
          CKM_RSA_PKCS_KEY_PAIR_GEN,
          CKK_RSA,
          CKA_SIGN,
          kRsaSigns};
}
constexpr KeyPlan RsaDecrypter(KeySpec spec) {
  return {spec,
          KeyUsage::kEncryptDecrypt,
          RootClass::kDecrypt,
          CKM_RSA_PKCS_KEY_PAIR_GEN,
          CKK_RSA,
          CKA_DECRYPT,
          kRsaDecrypts};
}
constexpr KeyPlan EcSigner(KeySpec spec) {
  return {spec,    KeyUsage::kSignVerify, RootClass::kSign, CKM_EC_KEY_PAIR_GEN, CKK_EC, CKA_SIGN,
          kEcSigns};
}
constexpr KeyPlan EcAgreer(KeySpec spec) {
  return {
      spec,     KeyUsage::kKeyAgreement, RootClass::kAgree, CKM_EC_KEY_PAIR_GEN, CKK_EC, CKA_DERIVE,
      kEcAgrees};
}

constexpr KeyPlan kPlans[] = {
    // The backing key of a symmetric CMK only makes MACs: docs/ciphertext-format.md.
    {KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt, RootClass::kMac,
     CKM_GENERIC_SECRET_KEY_GEN, CKK_GENERIC_SECRET, CKA_SIGN, kSha256},
    Hmac(KeySpec::kHmac224, kSha224),
    Hmac(KeySpec::kHmac256, kSha256),
    Hmac(KeySpec::kHmac384, kSha384),
    Hmac(KeySpec::kHmac512, kSha512),
    RsaSigner(KeySpec::kRsa2048),
    RsaSigner(KeySpec::kRsa3072),
    RsaSigner(KeySpec::kRsa4096),
    RsaDecrypter(KeySpec::kRsa2048),
    RsaDecrypter(KeySpec::kRsa3072),
    RsaDecrypter(KeySpec::kRsa4096),
    EcSigner(KeySpec::kEccNistP256),
    EcSigner(KeySpec::kEccNistP384),
    EcSigner(KeySpec::kEccNistP521),
    EcSigner(KeySpec::kEccSecgP256k1),
    EcAgreer(KeySpec::kEccNistP256),
    EcAgreer(KeySpec::kEccNistP384),
    EcAgreer(KeySpec::kEccNistP521),
    {KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify, RootClass::kSign,
     CKM_EC_EDWARDS_KEY_PAIR_GEN, CKK_EC_EDWARDS, CKA_SIGN, kEdwardsSigns},
};

struct NamedMechanism {
  CK_MECHANISM_TYPE mechanism;
  const char* name;
};

constexpr NamedMechanism kNames[] = {
    {CKM_GENERIC_SECRET_KEY_GEN, "CKM_GENERIC_SECRET_KEY_GEN"},
    {CKM_SHA224_HMAC, "CKM_SHA224_HMAC"},
    {CKM_SHA256_HMAC, "CKM_SHA256_HMAC"},
    {CKM_SHA384_HMAC, "CKM_SHA384_HMAC"},
    {CKM_SHA512_HMAC, "CKM_SHA512_HMAC"},
    {CKM_AES_KEY_GEN, "CKM_AES_KEY_GEN"},
    {CKM_AES_KEY_WRAP_PAD, "CKM_AES_KEY_WRAP_PAD"},
    {CKM_AES_KEY_WRAP_KWP, "CKM_AES_KEY_WRAP_KWP"},
    {CKM_EC_KEY_PAIR_GEN, "CKM_EC_KEY_PAIR_GEN"},
    {CKM_ECDSA, "CKM_ECDSA"},
    {CKM_ECDH1_DERIVE, "CKM_ECDH1_DERIVE"},
    {CKM_EC_EDWARDS_KEY_PAIR_GEN, "CKM_EC_EDWARDS_KEY_PAIR_GEN"},
    {CKM_EDDSA, "CKM_EDDSA"},
    {CKM_RSA_PKCS_KEY_PAIR_GEN, "CKM_RSA_PKCS_KEY_PAIR_GEN"},
    {CKM_RSA_PKCS, "CKM_RSA_PKCS"},
    {CKM_RSA_PKCS_PSS, "CKM_RSA_PKCS_PSS"},
    {CKM_RSA_PKCS_OAEP, "CKM_RSA_PKCS_OAEP"},
    {CKM_RSA_X_509, "CKM_RSA_X_509"},
};

}  // namespace

std::span<const KeyPlan> AllPlans() { return kPlans; }

const KeyPlan* FindPlan(domain::KeySpec spec, domain::KeyUsage usage) {
  for (const KeyPlan& plan : kPlans)
    if (plan.spec == spec && plan.usage == usage) return &plan;
  return nullptr;
}

const KeyPlan& BackingKeyPlan() { return kPlans[0]; }

HashMechanisms MechanismsOf(domain::Digest digest) {
  switch (digest) {
    case domain::Digest::kSha1:
      return {CKM_SHA_1, CKG_MGF1_SHA1, CKM_SHA_1_HMAC};
    case domain::Digest::kSha224:
      return {CKM_SHA224, CKG_MGF1_SHA224, CKM_SHA224_HMAC};
    case domain::Digest::kSha256:
      return {CKM_SHA256, CKG_MGF1_SHA256, CKM_SHA256_HMAC};
    case domain::Digest::kSha384:
      return {CKM_SHA384, CKG_MGF1_SHA384, CKM_SHA384_HMAC};
    case domain::Digest::kSha512:
      break;
  }
  return {CKM_SHA512, CKG_MGF1_SHA512, CKM_SHA512_HMAC};
}

std::size_t HmacBytes(CK_MECHANISM_TYPE hmac) {
  for (std::size_t i = 0; i <= static_cast<std::size_t>(domain::Digest::kSha512); ++i) {
    const auto digest = static_cast<domain::Digest>(i);
    if (MechanismsOf(digest).hmac == hmac) return domain::SizeOf(digest);
  }
  return 0;
}

std::string MechanismName(CK_MECHANISM_TYPE mechanism) {
  for (const NamedMechanism& row : kNames)
    if (row.mechanism == mechanism) return row.name;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "0x%08lx", mechanism);
  return text.data();
}

}  // namespace kmaas::hsm
