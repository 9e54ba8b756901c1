// A KMS key and its material, as values. Names are AWS's (KeyMetadata, RotationsListEntry); custody
// is kmaas's own.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/ids.h"
#include "domain/key_spec.h"

namespace kmaas::domain {

enum class KeyOrigin { kAwsKms, kExternal, kAwsCloudHsm };
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
enum class ExpirationModel { kExpires, kDoesNotExpire };
enum class MultiRegionKeyType { kPrimary, kReplica };
enum class RotationType { kAutomatic, kOnDemand };
enum class ImportState { kImported, kPendingImport };
enum class KeyMaterialState {
  kNonCurrent,
  kCurrent,
  kPendingRotation,
  kPendingMultiRegionImportAndRotation
};

// Where a key's material lives; docs/architecture.md, "Custody".
enum class Custody { kWrapped, kResident, kProcess };

// How a blob was made; the dialects differ in padding, so a blob opens only under its own.
enum class WrapDialect {
  kNone,           // there is no blob: custody resident, or nothing imported
  kPkcs11WrapPad,  // CKM_AES_KEY_WRAP_PAD, as SoftHSM 2 does it
  kPkcs11WrapKwp,  // CKM_AES_KEY_WRAP_KWP (RFC 5649 exactly), as NSS does it
  kProcessSeal,    // custody process: AES-256-GCM under a key that the HSM derives for the material
};

std::string_view ToText(KeyOrigin origin);
std::string_view ToText(KeyState state);
std::string_view ToText(ExpirationModel model);
std::string_view ToText(MultiRegionKeyType type);
std::string_view ToText(RotationType type);
std::string_view ToText(ImportState state);
std::string_view ToText(KeyMaterialState state);
std::string_view ToText(Custody custody);
std::string_view ToText(WrapDialect dialect);

template <>
inline constexpr auto kCount<KeyOrigin> = CountTo(KeyOrigin::kAwsCloudHsm);
template <>
inline constexpr auto kCount<KeyState> = CountTo(KeyState::kUpdating);
template <>
inline constexpr auto kCount<ExpirationModel> = CountTo(ExpirationModel::kDoesNotExpire);
template <>
inline constexpr auto kCount<MultiRegionKeyType> = CountTo(MultiRegionKeyType::kReplica);
template <>
inline constexpr auto kCount<RotationType> = CountTo(RotationType::kOnDemand);
template <>
inline constexpr auto kCount<ImportState> = CountTo(ImportState::kPendingImport);
template <>
inline constexpr auto kCount<KeyMaterialState> =
    CountTo(KeyMaterialState::kPendingMultiRegionImportAndRotation);
template <>
inline constexpr auto kCount<Custody> = CountTo(Custody::kProcess);
template <>
inline constexpr auto kCount<WrapDialect> = CountTo(WrapDialect::kProcessSeal);

struct Tag {
  std::string key;
  std::string value;
};

inline constexpr std::uint32_t kRotationPeriodDaysDefault = 365;

// Of a symmetric encryption key.
struct Rotation {
  bool enabled = false;
  std::uint32_t period_days = kRotationPeriodDaysDefault;
  std::optional<WallTime> next;               // set exactly while enabled
  std::optional<WallTime> on_demand_started;  // while an on-demand rotation runs
  std::uint32_t on_demand_count = 0;          // begun so far
};

// What KeyMetadata says of the deletion that is scheduled, and who asked for it.
struct PendingDeletion {
  // Absent while replicas keep a primary: kPendingReplicaDeletion.
  std::optional<WallTime> date = {};
  std::uint32_t window_days = 0;
  WallTime requested{};
  std::string requested_by = {};  // ARN of the principal
  std::string event_id = {};      // of the request's audit record
};

// Equal in the rows of all Regions. A primary's own Region is not among the replicas.
struct MultiRegion {
  std::string primary_region;
  std::vector<std::string> replica_regions;  // sorted

  MultiRegionKeyType TypeIn(const std::string& region) const {
    return region == primary_region ? MultiRegionKeyType::kPrimary : MultiRegionKeyType::kReplica;
  }
};

struct Key {
  KeyId id = {};
  std::string account = {};
  std::string region = {};
  KeySpec spec = KeySpec::kSymmetricDefault;
  KeyUsage usage = KeyUsage::kEncryptDecrypt;
  KeyOrigin origin = KeyOrigin::kAwsKms;
  Custody custody = Custody::kWrapped;
  KeyState state = KeyState::kEnabled;
  // What the state becomes when an update ends, or a key store is connected again.
  std::optional<KeyState> state_afterwards = {};
  std::string description = {};
  WallTime created{};
  // Set exactly in kPendingDeletion and kPendingReplicaDeletion.
  std::optional<PendingDeletion> deletion = {};
  // The one that encrypts, signs and authenticates. Nothing before the first import; it stays when
  // what was imported is deleted or expires.
  std::optional<MaterialId> current_material = {};
  Rotation rotation = {};
  // Of imported material; of several the earliest date. Nothing while nothing is imported.
  std::optional<ExpirationModel> expiration_model = {};
  std::optional<WallTime> valid_to = {};
  std::optional<MultiRegion> multi_region = {};  // set exactly when id.multi_region is
  std::string custom_key_store_id = {};          // empty: the token of the service
  std::vector<Tag> tags = {};  // in the order in which they were set; keys are unique
  std::uint32_t grants = 0;    // how many it has; counted where they are made and deleted

  std::string arn() const { return KeyArn(region, account, id); }
};

// One generation of a key's material. The facts that bind it (key, spec, usage, origin, account)
// stand in its own row, under its own MAC: a blob means nothing without them.
struct KeyMaterial {
  MaterialId id = {};
  KeyId key_id = {};
  std::string account = {};
  std::string region = {};
  KeySpec spec = KeySpec::kSymmetricDefault;
  KeyUsage usage = KeyUsage::kEncryptDecrypt;
  KeyOrigin origin = KeyOrigin::kAwsKms;
  Custody custody = Custody::kWrapped;
  WrapDialect dialect = WrapDialect::kNone;
  std::uint32_t root_generation = 0;  // of the root that wrapped it; 0 where none did
  std::uint32_t length_bytes = 0;     // of a secret, truly: a dialect may pad. 0 for private keys
  Bytes blob = {};                    // empty for custody resident, and while pending import
  Bytes public_key = {};              // DER SubjectPublicKeyInfo; of asymmetric keys
  WallTime created{};
  KeyMaterialState state = KeyMaterialState::kCurrent;
  // Of a rotation that has ended; nothing for the first material.
  std::optional<WallTime> rotated = {};
  std::optional<RotationType> rotation_type = {};
  // Of imported material.
  ImportState import_state = ImportState::kImported;
  std::string description = {};
  std::optional<ExpirationModel> expiration_model = {};
  std::optional<WallTime> valid_to = {};
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
