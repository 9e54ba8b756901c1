// The user PINs of the service's tokens.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "app/config.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace kmaas::app {

// Both in the order of TokensOf().
struct UserPins {
  UserPins() = default;
  explicit UserPins(SecretBytes only) { Add(std::move(only), {}); }
  void Add(SecretBytes pin, std::string source) {
    of_tokens.push_back(std::move(pin));
    sources.push_back(std::move(source));
  }
  UserPins Clone() const;
  std::vector<SecretBytes> of_tokens;
  // Where each comes from, as refused_pin.h has it; empty for one that was typed.
  std::vector<std::string> sources;
};

// As the configuration says: each token's own, or that of hsm for those that name none. `missing`
// is asked for one that nothing gives, by the token's name; its error ends the reading.
using MissingPin = std::function<Result<SecretBytes>(const std::string& token)>;
Result<UserPins> ReadUserPins(const HsmConfig& hsm, const MissingPin& missing);

}  // namespace kmaas::app
