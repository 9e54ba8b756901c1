// The key state table: which operation may be done in which state, and what AWS answers otherwise.
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
  kCreateGrant
};

// Source: AWS KMS Developer Guide, "Key states of AWS KMS keys". Fails with kDisabled or
// kKmsInvalidState and AWS's text.
Result<void> CheckState(StateRule rule, const Key& key);

}  // namespace kmaas::domain
