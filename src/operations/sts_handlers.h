// Declares the function of every operation in sts_list.inc, as handlers.h does for KMS.
#pragma once

#include "base/result.h"
#include "core/call.h"
#include "kmaas/sts/v1/sts.pb.h"

namespace kmaas::operations {

namespace sts = ::kmaas::sts::v1;
using core::AccountCall;

#define KM_OPERATION(Name, CallType) \
  Result<sts::Name##Response> Name(const sts::Name##Request& request, CallType& call);
#include "operations/sts_list.inc"
#undef KM_OPERATION

}  // namespace kmaas::operations
