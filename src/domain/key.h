// A KMS key and its material, as values. Names are AWS's (KeyMetadata); custody is kmaas's own.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/ids.h"

namespace kmaas::domain {

enum class KeySpec { kSymmetricDefault };
enum class KeyUsage { kEncryptDecrypt };
enum class KeyOrigin { kAwsKms };
enum class KeyState {
  kCreating,
  kEnabled,
  kDisabled,
  kPendingDeletion,
  kPendingImport,
  kPendingReplicaDeletion,
  kUnavailable,
  kUpdating
};

// Where a key's material lives; design and docs/architecture.md, "Custody".
enum class Custody { kWrapped, kResident };

// How a wrapped blob was made; the dialects differ in padding, so a blob opens only under its own.
enum class WrapDialect {
  kNone,           // custody resident: there is no blob
  kPkcs11WrapPad,  // CKM_AES_KEY_WRAP_PAD, as SoftHSM 2 does it
  kPkcs11WrapKwp,  // CKM_AES_KEY_WRAP_KWP (RFC 5649 exactly), as NSS does it
};

std::string_view ToText(KeySpec spec);
std::string_view ToText(KeyUsage usage);
std::string_view ToText(KeyOrigin origin);
std::string_view ToText(KeyState state);
std::string_view ToText(Custody custody);

struct Tag {
  std::string key;
  std::string value;
};

struct Key {
  KeyId id;
  std::string account;
  std::string region;
  KeySpec spec = KeySpec::kSymmetricDefault;
  KeyUsage usage = KeyUsage::kEncryptDecrypt;
  KeyOrigin origin = KeyOrigin::kAwsKms;
  Custody custody = Custody::kWrapped;
  KeyState state = KeyState::kEnabled;
  std::string description;
  WallTime created{};
  std::optional<WallTime> deletion_date;  // invariant: set exactly in kPendingDeletion
  MaterialId current_material;
  std::vector<Tag> tags;     // in the order in which they were set; keys are unique
  std::uint32_t grants = 0;  // how many it has; counted where they are made and deleted

  std::string arn() const { return KeyArn(region, account, id); }
};

// One generation of a key's material.
struct KeyMaterial {
  MaterialId id;
  KeyId key_id;
  std::string account;
  std::string region;
  KeySpec spec = KeySpec::kSymmetricDefault;
  KeyUsage usage = KeyUsage::kEncryptDecrypt;
  KeyOrigin origin = KeyOrigin::kAwsKms;
  Custody custody = Custody::kWrapped;
  WrapDialect dialect = WrapDialect::kNone;
  std::uint32_t root_generation = 0;  // of the root that wrapped it; 0 for custody resident
  std::uint32_t length_bytes = 0;     // true length: a dialect may pad
  Bytes blob;                         // wrapped material; empty for custody resident
  WallTime created{};
};

struct Alias {
  std::string name;  // with "alias/"
  std::string account;
  std::string region;
  KeyId target;
  WallTime created{};
  WallTime updated{};

  std::string arn() const { return AliasArn(region, account, name); }
};

}  // namespace kmaas::domain
