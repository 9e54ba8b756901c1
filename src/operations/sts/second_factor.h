// SerialNumber and TokenCode of a request.
#pragma once

#include <string>

#include "core/call.h"

namespace kmaas::operations {

struct ShownFactor {
  bool has_serial = false;
  bool has_code = false;
  const std::string& serial_number;
  const std::string& code;
};

template <class Request>
ShownFactor FactorOf(const Request& request) {
  return {request.has_serial_number(), request.has_token_code(), request.serial_number(),
          request.token_code()};
}

// Whether one was shown and holds; kAccessDenied, with AWS's texts, for one that does not.
Result<bool> CheckSecondFactor(const ShownFactor& shown, const core::Call& call);

}  // namespace kmaas::operations
