// Operations that need a second person each time, elevation or not.
#pragma once

#include <set>

#include "keyservice/approval/mfa.h"
#include "keyservice/classes/class_table.h"

namespace kmaas::keyservice {

enum class Sensitive {
  kScheduleKeyDeletion,
  kDisableKey,
  kPutKeyPolicy,
  kMoveWrappedMaterial,  // export, backup, restore
  kInitialiseHsm,
  kChangeHsmPin,
  kChangeLogging,     // destinations, retention, the audit signing key
  kGrantControlRole,  // approver or auditor
};

// Approvals by others than the caller for a key of that class. Disabling and policies: from class 4
// on as the table says, below that none; all else at least one. Cancelling a deletion is not here:
// it destroys nothing.
std::uint32_t OthersNeeded(Sensitive operation, int information_class, const ClassTable& table);

// The operation to the letter: who calls, its name, and its parameters in their serialised form.
struct ExactOperation {
  std::string person;
  std::string name;    // "kms:ScheduleKeyDeletion"
  std::string target;  // an ARN
  Bytes parameters;
  std::string nonce;  // so that the same operation later is another one
};
crypto::Sha256Digest HashOf(const ExactOperation& operation);

struct Consent {
  crypto::Sha256Digest operation{};
  std::string person;
  std::optional<Mfa> mfa;
  WallTime given{};
  WallTime expires{};
};

struct ConsentQuestion {
  const ExactOperation& operation;
  Sensitive kind;
  int information_class;
  WallTime now;
};
// kAccessDenied, saying how many are missing, when not enough other persons consent to exactly this
// operation. That a consent is used once is the caller's to keep: by its hash.
Result<void> CheckConsents(const ConsentQuestion& question, const std::vector<Consent>& consents,
                           const ClassTable& table);

}  // namespace kmaas::keyservice
