// The user PINs of the service's tokens.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "app/config.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace kmaas::app {

// In the order of TokensOf().
struct UserPins {
  UserPins() = default;
  explicit UserPins(SecretBytes only) { of_tokens.push_back(std::move(only)); }
  UserPins Clone() const;
  std::vector<SecretBytes> of_tokens;
};

// As the configuration says: each token's own, or that of hsm for those that name none. `missing`
// is asked for one that nothing gives, by the token's name; its error ends the reading.
using MissingPin = std::function<Result<SecretBytes>(const std::string& token)>;
Result<UserPins> ReadUserPins(const HsmConfig& hsm, const MissingPin& missing);

}  // namespace kmaas::app
