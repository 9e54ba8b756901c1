// Declares the function of every operation in list.inc, so that each file and the list agree on its
// type.
#pragma once

#include "base/result.h"
#include "core/call.h"
#include "kmaas/kms/v1/kms.pb.h"

namespace kmaas::operations {

namespace kms = ::kmaas::kms::v1;
using core::AccountCall;
using core::KeyCall;

// NOLINTBEGIN(bugprone-macro-parentheses): a declared name and its types cannot stand in brackets
#define KM_OPERATION(Name, CallType) \
  Result<kms::Name##Response> Name(const kms::Name##Request& request, CallType& call);
#include "operations/list.inc"
#undef KM_OPERATION
// NOLINTEND(bugprone-macro-parentheses): back to expressions

}  // namespace kmaas::operations
