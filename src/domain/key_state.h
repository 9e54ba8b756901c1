// The key state table: which operation may be done with which key in which state, and what AWS
// answers otherwise.
#pragma once

#include "base/result.h"
#include "domain/key.h"

namespace kmaas::domain {

// A row of the table; kmaas.StateRule in proto/kmaas/options.proto names the same rows.
enum class StateRule {
  kAnyState,
  kCryptographic,
  kNotPendingDeletion,
  kEnableOrDisable,
  kScheduleDeletion,
  kCancelDeletion,
  kCreateGrant,
  kChangeRotation,
  kRotationStatus,
  kRotateOnDemand,
  kListRotations,
  kImportParameters,
  kImportMaterial,
  kDeleteMaterial,
  kReplicate,
  kChangePrimary,
};
template <>
inline constexpr auto kCount<StateRule> = CountTo(StateRule::kChangePrimary);

// Source: AWS KMS Developer Guide, "Key states of AWS KMS keys"; of operations that are newer than
// it, answers recorded from AWS. First whether it is a kind of key that can do this at all
// (kUnsupportedOperation), then its state (kDisabled or kKmsInvalidState); with AWS's texts.
Result<void> CheckState(StateRule rule, const Key& key);

}  // namespace kmaas::domain
