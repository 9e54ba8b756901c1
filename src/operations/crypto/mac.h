// The message authentication code of a request's message under its HMAC key.
#pragma once

#include "base/result.h"
#include "core/call.h"
#include "operations/crypto/algorithm_choice.h"

namespace kmaas::operations {

// Of a GenerateMacRequest or a VerifyMacRequest. kInvalidKeyUsage for an algorithm that the key
// does not have.
template <class Request>
Result<Bytes> MacOf(const Request& request, core::KeyCall& call) {
  KM_TRY(const auto algorithm,
         AlgorithmFor<domain::MacAlgorithm>(request.mac_algorithm(), call.key()));
  KM_TRY(const core::KeyCall::Usable current, call.Current());
  return current.engine->MakeMac(*current.material, algorithm, AsBytes(request.message()),
                                 call.deadline());
}

}  // namespace kmaas::operations
