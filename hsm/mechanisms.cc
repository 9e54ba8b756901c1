// The table of key plans and the names of mechanisms.
#include "hsm/mechanisms.h"

#include <array>
#include <cstdio>

namespace kmaas::hsm {
namespace {

constexpr KeyPlan kPlans[] = {
    // The backing key of a symmetric CMK only makes MACs: docs/ciphertext-format.md.
    {domain::KeySpec::kSymmetricDefault, domain::KeyUsage::kEncryptDecrypt, RootClass::kMac,
     CKM_GENERIC_SECRET_KEY_GEN, CKK_GENERIC_SECRET, kMacKeyBytes, CKM_SHA256_HMAC},
};

struct NamedMechanism {
  CK_MECHANISM_TYPE mechanism;
  const char* name;
};

constexpr NamedMechanism kNames[] = {
    {CKM_GENERIC_SECRET_KEY_GEN, "CKM_GENERIC_SECRET_KEY_GEN"},
    {CKM_SHA256_HMAC, "CKM_SHA256_HMAC"},
    {CKM_AES_KEY_GEN, "CKM_AES_KEY_GEN"},
    {CKM_AES_KEY_WRAP_PAD, "CKM_AES_KEY_WRAP_PAD"},
    {CKM_AES_KEY_WRAP_KWP, "CKM_AES_KEY_WRAP_KWP"},
    {CKM_EC_KEY_PAIR_GEN, "CKM_EC_KEY_PAIR_GEN"},
    {CKM_ECDSA, "CKM_ECDSA"},
};

}  // namespace

const KeyPlan* FindPlan(domain::KeySpec spec, domain::KeyUsage usage) {
  for (const KeyPlan& plan : kPlans)
    if (plan.spec == spec && plan.usage == usage) return &plan;
  return nullptr;
}

const KeyPlan& BackingKeyPlan() { return kPlans[0]; }

std::string MechanismName(CK_MECHANISM_TYPE mechanism) {
  for (const NamedMechanism& row : kNames)
    if (row.mechanism == mechanism) return row.name;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "0x%08lx", mechanism);
  return text.data();
}

}  // namespace kmaas::hsm
