// MFA devices, as those who ask for a code see them.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "domain/principal.h"

namespace kmaas::ports {

// Thread-safe.
class SecondFactors {
 public:
  virtual ~SecondFactors() = default;
  // Success uses the code up. kAccessDenied, with AWS's message, for a device that is not one of
  // this user's, a wrong code, one that was used before, and while the device is locked.
  virtual Result<void> Verify(const domain::Principal& user, std::string_view serial_number,
                              std::string_view code, Deadline deadline) = 0;
};

}  // namespace kmaas::ports
