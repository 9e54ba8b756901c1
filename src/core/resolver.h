// From what a caller wrote to the key that it means: ids, ARNs, aliases, and the key that a
// ciphertext names.
#pragma once

#include <google/protobuf/message.h>

#include <memory>

#include "base/result.h"
#include "core/call.h"
#include "core/operation.h"

namespace kmaas::core {

// The key that a target names; null when it names none and need not. A key of another account is
// resolved only when it exists; a missing one gives the same kAccessDenied that a forbidden one
// gets. So that this holds, each key is authorised before the next target is looked at. Errors:
// kNotFound, kInvalidArn, kAccessDenied, kValidation, kInvalidCiphertext (a blob that names no
// key), with the messages recorded from AWS.
Result<std::shared_ptr<const domain::Key>> ResolveTarget(const TargetPlan& plan,
                                                         const google::protobuf::Message& request,
                                                         const Services& services,
                                                         const domain::Principal& principal);

// Decrypt without KeyId: AWS's one answer for unknown and forbidden.
Error CiphertextKeyDenied();
// A key that a caller named and that cannot open the ciphertext, of whatever kind it is.
Error IncorrectKey();
// RetireGrant by a token, which does not show the key.
Error GrantKeyDenied(const domain::Principal& principal, std::string_view action);

}  // namespace kmaas::core
