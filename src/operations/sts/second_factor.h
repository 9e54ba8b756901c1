// SerialNumber and TokenCode of a request: looked up first, judged last.
#pragma once

#include <optional>
#include <string>

#include "core/call.h"
#include "identity/mfa.h"

namespace kmaas::operations {

struct ShownFactor {
  identity::OpenedMfaDevice device;
  std::string code;
};

// The two members of a request.
struct FactorFields {
  bool has_serial = false;
  bool has_code = false;
  const std::string& serial_number;
  const std::string& code;
};
template <class Request>
FactorFields FactorOf(const Request& request) {
  return {request.has_serial_number(), request.has_token_code(), request.serial_number(),
          request.token_code()};
}

// Nothing when none was shown; kAccessDenied, with AWS's texts, when it cannot be the caller's.
// Whether the code holds is not known yet.
Result<std::optional<ShownFactor>> FindSecondFactor(const FactorFields& fields, core::Call& call);

// Judges the code and uses it up, together with the audit record: the last fallible step of an
// operation. kAccessDenied for a wrong one, which counts against the device.
Result<void> UseSecondFactor(const std::optional<ShownFactor>& shown, core::Call& call);

}  // namespace kmaas::operations
