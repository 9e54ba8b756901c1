// Declares the function of everything in lifecycle_list.inc, as handlers.h does for KMS.
#pragma once

#include "base/result.h"
#include "core/call.h"
#include "kmaas/lifecycle/v1/lifecycle.pb.h"

namespace kmaas::operations {

namespace lifecycle = ::kmaas::lifecycle::v1;
using core::KeyCall;

#define KM_OPERATION(Name, CallType) \
  Result<lifecycle::Name##Response> Name(const lifecycle::Name##Request& request, CallType& call);
#include "operations/lifecycle_list.inc"
#undef KM_OPERATION

}  // namespace kmaas::operations
