#include "domain/key_state.h"

#include <array>

namespace kmaas::domain {
namespace {

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

constexpr std::size_t kStates = 8;
constexpr std::size_t kRules = 7;

// Columns: Creating, Enabled, Disabled, PendingDeletion, PendingImport, PendingReplicaDeletion,
// Unavailable, Updating.
constexpr std::array<std::array<Outcome, kStates>, kRules> kTable = {{
    /* any state            */ {kOk, kOk, kOk, kOk, kOk, kOk, kOk, kOk},
    /* cryptographic        */
    {kCreating, kOk, kDisabled, kPendingDeletion, kPendingImport, kPendingDeletion, kUnavailable,
     kOk},
    /* not pending deletion */ {kOk, kOk, kOk, kPendingDeletion, kOk, kPendingDeletion, kOk, kOk},
    /* enable or disable    */
    {kCreating, kOk, kOk, kPendingDeletion, kPendingImport, kPendingDeletion, kOk, kUpdating},
    /* schedule deletion    */
    {kOk, kOk, kOk, kPendingDeletion, kOk, kPendingDeletion, kOk, kUpdating},
    /* cancel deletion      */
    {kNotPendingDeletion, kNotPendingDeletion, kNotPendingDeletion, kOk, kNotPendingDeletion, kOk,
     kNotPendingDeletion, kNotPendingDeletion},
    /* create grant         */
    {kCreating, kOk, kDisabled, kPendingDeletion, kPendingImport, kPendingDeletion, kOk, kOk},
}};

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
  const Outcome outcome =
      kTable[static_cast<std::size_t>(rule)][static_cast<std::size_t>(key.state)];
  // The text names the ARN; building it is left out of the common case.
  return outcome == kOk ? Result<void>{} : Answer(outcome, key.arn());
}

}  // namespace kmaas::domain
