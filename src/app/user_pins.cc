#include "app/user_pins.h"

#include <map>

#include "app/pin.h"
#include "app/refused_pin.h"
#include "app/token_settings.h"

namespace kmaas::app {
namespace {

HsmConfig PinSettings(const HsmConfig& hsm, const TokenConfig& token) {
  HsmConfig where;
  where.pin_file = hsm.pin_file;
  where.pin_environment = hsm.pin_environment;
  if (token.pin_file.empty() && token.pin_environment.empty()) return where;
  where.pin_file = token.pin_file;
  // One that names its file leaves the variable of hsm to the others.
  where.pin_environment = token.pin_environment;
  return where;
}

}  // namespace

UserPins UserPins::Clone() const {
  UserPins pins;
  for (std::size_t i = 0; i < of_tokens.size(); ++i) pins.Add(of_tokens[i].Clone(), sources[i]);
  return pins;
}

Result<UserPins> ReadUserPins(const HsmConfig& hsm, const MissingPin& missing) {
  UserPins pins;
  // A variable is gone when it has been read, and several tokens may have one PIN.
  std::map<std::pair<std::string, std::string>, std::size_t> read;
  for (const TokenConfig& token : TokensOf(hsm)) {
    const HsmConfig where = PinSettings(hsm, token);
    const auto [known, is_new] =
        read.try_emplace({where.pin_file, where.pin_environment}, pins.of_tokens.size());
    if (!is_new) {
      pins.Add(pins.of_tokens[known->second].Clone(), pins.sources[known->second]);
      continue;
    }
    SecretBytes pin;
    std::string source = PinFileSource(where.pin_file);
    if (where.pin_environment.empty() && !where.pin_file.empty()) {
      KM_TRY(pin, ReadPinFile(where.pin_file));
    } else if (!where.pin_environment.empty()) {
      KM_TRY(pin, ReadUserPin(where));
    }
    if (source.empty() && !pin.empty()) source = "variable " + where.pin_environment;
    if (pin.empty()) {
      KM_TRY(pin, missing(token.name));
    }
    pins.Add(std::move(pin), std::move(source));
  }
  return pins;
}

}  // namespace kmaas::app
