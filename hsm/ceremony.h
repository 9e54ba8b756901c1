// Initialisation: makes the roots and the service keys in a token, once.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace kmaas::hsm {

struct CeremonyOptions {
  std::string module_path;
  std::string module_parameters = {};  // pReserved of C_Initialize; NSS only
  std::string token_label;
  std::string token_serial = {};
  // Only the security officer can make trusted keys. Used once, wiped when the ceremony returns.
  SecretBytes so_pin;
  SecretBytes user_pin;
  bool accept_weak_token = false;  // development only
  // Files of the token, flushed to disk at the end. Empty: SoftHSM's is found by its configuration.
  std::string token_directory = {};
  std::function<void(std::string_view)> progress = {};
};

// One attack on key separation and what the token did about it.
struct AttackOutcome {
  int row = 0;         // as numbered in tests/component/hsm/attack_table_test.cc
  std::string attack;  // "unwrap a blob as a readable key"
  bool withstood = false;
  std::string answer;  // the return code, or why it was not tried
};

struct CeremonyReport {
  std::string token_label;
  std::string token_serial;
  std::vector<std::string> made;  // labels with generations, in the order in which they were made
  std::vector<AttackOutcome> attacks;
  std::vector<std::string> warnings;
  bool weak = false;       // an attack succeeded and was accepted
  Bytes audit_public_key;  // DER SubjectPublicKeyInfo
};

// Each PIN is tried once. Refuses a token that has any object of kmaas, and lists what it found.
// Before anything is kept, a rehearsal root is attacked; when that fails, nothing stays behind.
// Owns the module while it runs: no Engine may be open in this process.
Result<CeremonyReport> MakeServiceKeys(CeremonyOptions options);

}  // namespace kmaas::hsm
