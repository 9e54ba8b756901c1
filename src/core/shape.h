// Validation of a request against the annotations of its fields, with AWS's messages.
#pragma once

#include <google/protobuf/message.h>

#include "base/result.h"
#include "core/operation.h"

namespace kmaas::core {

// kValidation, all failures in one message: "2 validation errors detected: Value ...; Value ...".
Result<void> CheckShape(const Operation& operation, const google::protobuf::Message& request);

}  // namespace kmaas::core
