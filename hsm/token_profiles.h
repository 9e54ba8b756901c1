// Everything that differs between tokens, in one table.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/key.h"
#include "hsm/cryptoki.h"
#include "hsm/token.h"

namespace kmaas::hsm {

// A way to wrap keys: the mechanism and the name that rows carry for what it writes.
struct WrapMethod {
  CK_MECHANISM_TYPE mechanism;
  domain::WrapDialect dialect;
};

// One row. Says how to go about a token, not what it can: that is found by probes.
struct TokenProfile {
  const char* name;
  const char* manufacturer;  // what TokenFacts::manufacturer begins with; "" matches all
  // False: any session holder can read keys whatever the templates say; never custody.
  bool separates_keys;
  // True: roots are made TRUSTED by the security officer and copied by the user (two steps).
  bool officer_makes_roots;
  // Attributes that the token refuses, or would ignore, on token objects.
  std::span<const CK_ATTRIBUTE_TYPE> not_on_token_objects;
  // To be tried in this order; the first that a known answer confirms is taken.
  std::span<const WrapMethod> wrap_methods;
  // An attribute that holds the point of an EC private key and must be given to unwrap one; 0:
  // none.
  CK_ATTRIBUTE_TYPE point_of_private_keys;
  // The directory whose files are the token, for flushing; null for hardware.
  std::string (*directory)();
  // True: a token that went away comes back by C_Finalize and C_Initialize alone.
  bool returns_by_restart;
  // Whether the token of this serial number is away for sure, without a call of the module; null:
  // nobody can tell.
  bool (*is_away)(const std::string& serial);
};

const TokenProfile& ProfileOf(const TokenFacts& facts);
// The method of a dialect, or null for what no token wraps.
const WrapMethod* WrapMethodOf(domain::WrapDialect dialect);

}  // namespace kmaas::hsm
