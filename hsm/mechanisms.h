// The one table from a kind of key to its PKCS#11 mechanisms and the root that guards it.
#pragma once

#include <span>
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
  CK_ATTRIBUTE_TYPE right;                  // the only one that the key has
  std::span<const CK_MECHANISM_TYPE> uses;  // CKA_ALLOWED_MECHANISMS

  // On a curve in Weierstrass form.
  bool is_ec() const { return type == CKK_EC; }
  bool is_edwards() const { return type == CKK_EC_EDWARDS; }
  bool is_secret() const { return type == CKK_GENERIC_SECRET; }
  CK_OBJECT_CLASS object_class() const { return is_secret() ? CKO_SECRET_KEY : CKO_PRIVATE_KEY; }
  CK_ULONG length_bytes() const { return domain::SecretLength(spec); }  // of a secret that is made
  CK_ULONG modulus_bytes() const { return domain::ModulusBytes(spec); }
};

std::span<const KeyPlan> AllPlans();
// Null for what no key is made for.
const KeyPlan* FindPlan(domain::KeySpec spec, domain::KeyUsage usage);
// The plan of a symmetric CMK's backing key.
const KeyPlan& BackingKeyPlan();

// What PKCS#11 calls a hash: alone, inside MGF1, inside HMAC.
struct HashMechanisms {
  CK_MECHANISM_TYPE digest;
  CK_ULONG mgf;
  CK_MECHANISM_TYPE hmac;
};
HashMechanisms MechanismsOf(domain::Digest digest);
std::size_t HmacBytes(CK_MECHANISM_TYPE hmac);  // of the full output

// "CKM_SHA256_HMAC", or "0x00000251" for what kmaas does not use.
std::string MechanismName(CK_MECHANISM_TYPE mechanism);

// Sizes of the mechanisms that the service keys use.
inline constexpr CK_ULONG kMacKeyBytes = 32;
inline constexpr std::size_t kMacBytes = 32;

}  // namespace kmaas::hsm
