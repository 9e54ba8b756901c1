// Reads, and only reads, what is in a token: for `kmaas status` and for refusals.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace kmaas::hsm {

struct InspectionOptions {
  std::string module_path;
  std::string module_parameters = {};
  std::string token_label;
  std::string token_serial = {};
  SecretBytes user_pin;  // empty: no login, and private objects stay unseen
};

// An object that kmaas made.
struct TokenObject {
  std::string label;
  std::uint32_t generation = 0;
};

struct TokenInspection {
  std::string module_description;
  std::string label;
  std::string serial;
  std::string manufacturer;
  std::string model;
  std::string firmware;
  std::string profile;                  // the row of the token table that applies
  bool separates_keys = false;          // false: fit for tests of mechanisms only
  std::vector<TokenObject> objects;     // roots and service keys
  std::size_t resident_keys = 0;        // customers' keys of custody resident
  std::size_t import_keys = 0;          // private halves that imports are wrapped for
  std::vector<std::string> mechanisms;  // as the token lists them; unproven
};

// Owns the module while it runs: no Engine may be open in this process. One login attempt.
Result<TokenInspection> InspectToken(InspectionOptions options);

}  // namespace kmaas::hsm
