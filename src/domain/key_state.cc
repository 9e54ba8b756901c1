#include "domain/key_state.h"

#include <array>

#include "domain/multi_region_key.h"

namespace kmaas::domain {
namespace {

// What a key must be, whatever its state.
enum class Kind {
  kAnyKey,
  kRotating,          // by itself
  kRotatingOnDemand,  // imported material, too
  kImported,          // origin EXTERNAL
  kMultiRegionPrimary,
};
using enum Kind;

// The outcomes of the table. AWS admits Disabled or KMSInvalidState for keys pending deletion;
// kmaas answers the latter.
enum class Outcome {
  kOk,
  kDisabled,
  kPendingDeletion,
  kNotPendingDeletion,
  kPendingImport,
  kUnavailable,
  kCreating,
  kUpdating
};
using enum Outcome;

struct Row {
  StateRule rule;
  Kind kind;
  std::array<Outcome, kCount<KeyState>> outcomes;
};

// Columns: Creating, Enabled, Disabled, PendingDeletion, PendingImport, PendingReplicaDeletion,
// Unavailable, Updating.
constexpr std::array<Row, kCount<StateRule>> kTable = {{
    {StateRule::kAnyState, kAnyKey, {kOk, kOk, kOk, kOk, kOk, kOk, kOk, kOk}},
    {StateRule::kCryptographic,
     kAnyKey,
     {kCreating, kOk, kDisabled, kPendingDeletion, kPendingImport, kPendingDeletion, kUnavailable,
      kOk}},
    {StateRule::kNotPendingDeletion,
     kAnyKey,
     {kOk, kOk, kOk, kPendingDeletion, kOk, kPendingDeletion, kOk, kOk}},
    {StateRule::kEnableOrDisable,
     kAnyKey,
     {kCreating, kOk, kOk, kPendingDeletion, kPendingImport, kPendingDeletion, kOk, kUpdating}},
    {StateRule::kScheduleDeletion,
     kAnyKey,
     {kOk, kOk, kOk, kPendingDeletion, kOk, kPendingDeletion, kOk, kUpdating}},
    {StateRule::kCancelDeletion,
     kAnyKey,
     {kNotPendingDeletion, kNotPendingDeletion, kNotPendingDeletion, kOk, kNotPendingDeletion, kOk,
      kNotPendingDeletion, kNotPendingDeletion}},
    {StateRule::kCreateGrant,
     kAnyKey,
     {kCreating, kOk, kDisabled, kPendingDeletion, kPendingImport, kPendingDeletion, kOk, kOk}},
    {StateRule::kChangeRotation,
     kRotating,
     {kCreating, kOk, kDisabled, kPendingDeletion, kOk, kPendingDeletion, kOk, kOk}},
    {StateRule::kRotationStatus, kRotatingOnDemand, {kOk, kOk, kOk, kOk, kOk, kOk, kOk, kOk}},
    {StateRule::kRotateOnDemand,
     kRotatingOnDemand,
     {kCreating, kOk, kDisabled, kPendingDeletion, kPendingImport, kPendingDeletion, kUnavailable,
      kUpdating}},
    {StateRule::kListRotations, kRotatingOnDemand, {kCreating, kOk, kOk, kOk, kOk, kOk, kOk, kOk}},
    {StateRule::kImportParameters,
     kImported,
     {kCreating, kOk, kOk, kPendingDeletion, kOk, kPendingDeletion, kUnavailable, kUpdating}},
    {StateRule::kImportMaterial,
     kImported,
     {kCreating, kOk, kOk, kPendingDeletion, kOk, kPendingDeletion, kUnavailable, kOk}},
    {StateRule::kDeleteMaterial,
     kImported,
     {kCreating, kOk, kOk, kOk, kOk, kOk, kUnavailable, kUpdating}},
    {StateRule::kReplicate,
     kMultiRegionPrimary,
     {kCreating, kOk, kDisabled, kPendingDeletion, kPendingImport, kPendingDeletion, kUnavailable,
      kUpdating}},
    {StateRule::kChangePrimary,
     kMultiRegionPrimary,
     {kCreating, kOk, kDisabled, kPendingDeletion, kPendingImport, kPendingDeletion, kUnavailable,
      kOk}},
}};

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].rule) != i) return false;
  }
  return true;
}
static_assert(IsInOrder());

Error Unsupported(std::string message) {
  return {ErrorCode::kUnsupportedOperation, std::move(message)};
}

Error WrongOrigin(const Key& key) {
  return Unsupported(key.arn() + " origin is " + std::string(ToText(key.origin)) +
                     " which is not valid for this operation.");
}

Result<void> CheckKind(Kind kind, const Key& key) {
  switch (kind) {
    case kAnyKey:
      return {};
    case kRotating:
    case kRotatingOnDemand:
      // Recorded from AWS: without a text.
      if (!IsSymmetricEncryption(key.spec)) return Unsupported("");
      if (key.origin == KeyOrigin::kAwsCloudHsm) return WrongOrigin(key);
      if (kind == kRotating && key.origin == KeyOrigin::kExternal) return WrongOrigin(key);
      return {};
    case kImported:
      if (key.origin != KeyOrigin::kExternal) return WrongOrigin(key);
      return {};
    case kMultiRegionPrimary:
      if (!key.multi_region || !Leads(key)) return NotAPrimaryKey(key);
      return {};
  }
  return Error{ErrorCode::kKmsInternal, ""};
}

Result<void> Answer(Outcome outcome, const std::string& arn) {
  switch (outcome) {
    case kOk:
      return {};
    case kDisabled:
      return Error{ErrorCode::kDisabled, arn + " is disabled."};
    case kPendingDeletion:
      return Error{ErrorCode::kKmsInvalidState, arn + " is pending deletion."};
    case kNotPendingDeletion:
      return Error{ErrorCode::kKmsInvalidState, arn + " is not pending deletion."};
    case kPendingImport:
      return Error{ErrorCode::kKmsInvalidState, arn + " is pending import."};
    case kUnavailable:
      return Error{ErrorCode::kKmsInvalidState, arn + " is unavailable."};
    case kCreating:
      return Error{ErrorCode::kKmsInvalidState, arn + " is creating."};
    case kUpdating:
      return Error{ErrorCode::kKmsInvalidState, arn + " is updating."};
  }
  return Error{ErrorCode::kKmsInternal, ""};
}

}  // namespace

Result<void> CheckState(StateRule rule, const Key& key) {
  const Row& row = kTable[static_cast<std::size_t>(rule)];
  KM_CHECK(CheckKind(row.kind, key));
  const Outcome outcome = row.outcomes[static_cast<std::size_t>(key.state)];
  // The text names the ARN; building it is left out of the common case.
  return outcome == kOk ? Result<void>{} : Answer(outcome, key.arn());
}

}  // namespace kmaas::domain
