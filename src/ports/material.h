// What a CryptoEngine is asked to make, and what it made.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "domain/import_key.h"
#include "domain/key.h"

namespace kmaas::ports {

// What material is made for. All of it is bound to the material where the engine seals it itself.
struct MaterialPlan {
  domain::KeySpec spec = domain::KeySpec::kSymmetricDefault;
  domain::KeyUsage usage = domain::KeyUsage::kEncryptDecrypt;
  domain::Custody custody = domain::Custody::kWrapped;  // one that CustodyFor gave
  domain::MaterialId id = {};
  domain::KeyId key_id = {};
  std::string account = {};
};

// What GenerateMaterial made. For custody resident a token object exists from now on, and the
// caller owns it until a KeyMaterial that names it is committed: destroy it with DestroyMaterial
// otherwise.
struct GeneratedMaterial {
  domain::WrapDialect dialect = domain::WrapDialect::kNone;
  std::uint32_t root_generation = 0;
  std::uint32_t length_bytes = 0;  // of a secret; 0 for private keys
  Bytes blob = {};
  Bytes public_key = {};  // DER SubjectPublicKeyInfo (RFC 5280); empty unless asymmetric
};

// The material that this makes. Region, origin and time are the caller's to add.
domain::KeyMaterial MaterialOf(const MaterialPlan& plan, GeneratedMaterial made);

struct ImportPlan {
  domain::ImportKeyId import_key = {};
  domain::WrappingAlgorithm algorithm = domain::WrappingAlgorithm::kRsaesOaepSha256;
  MaterialPlan material = {};  // its id is not known yet, and left out
};

struct ImportedMaterial {
  // A function of key id and material that tells nothing of the material: equal exactly when the
  // same is imported into one key again.
  domain::MaterialId id = {};
  GeneratedMaterial made = {};
  // False: the token object was there already, and is not the caller's to destroy.
  bool is_new = true;
};

}  // namespace kmaas::ports
