// Declares the function of every operation in iam_list.inc, as handlers.h does for KMS.
#pragma once

#include "base/result.h"
#include "core/call.h"
#include "kmaas/iam/v1/iam.pb.h"

namespace kmaas::operations {

namespace iam = ::kmaas::iam::v1;
using core::AccountCall;

#define KM_OPERATION(Name, CallType) \
  Result<iam::Name##Response> Name(const iam::Name##Request& request, CallType& call);
#include "operations/iam_list.inc"
#undef KM_OPERATION

}  // namespace kmaas::operations
