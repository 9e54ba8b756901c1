// The one table from a kind of key to its PKCS#11 mechanisms and the root that guards it.
#pragma once

#include <string>

#include "domain/key.h"
#include "hsm/cryptoki.h"

namespace kmaas::hsm {

// One root per class of material: its unwrap template pins what the material may do.
enum class RootClass { kMac, kHmac, kSign, kDecrypt, kAgree };
inline constexpr RootClass kRootClasses[] = {RootClass::kMac, RootClass::kHmac, RootClass::kSign,
                                             RootClass::kDecrypt, RootClass::kAgree};

// How keys of one spec and usage are made, guarded and used in a token.
struct KeyPlan {
  domain::KeySpec spec;
  domain::KeyUsage usage;
  RootClass root;
  CK_MECHANISM_TYPE generate;
  CK_KEY_TYPE type;
  CK_ULONG length_bytes;
  CK_MECHANISM_TYPE use;
};

// Null for what no token key is made for.
const KeyPlan* FindPlan(domain::KeySpec spec, domain::KeyUsage usage);
// The plan of a symmetric CMK's backing key.
const KeyPlan& BackingKeyPlan();

// "CKM_SHA256_HMAC", or "0x00000251" for what kmaas does not use.
std::string MechanismName(CK_MECHANISM_TYPE mechanism);

// Sizes of the mechanisms that the service keys use.
inline constexpr CK_ULONG kMacKeyBytes = 32;
inline constexpr std::size_t kMacBytes = 32;

}  // namespace kmaas::hsm
