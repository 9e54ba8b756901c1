// The ceremonies that need the security officer: the first, which makes the roots and the service
// keys in a token, and later ones, which add a generation of roots.
#pragma once

#include <cstdint>
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
  // Roots that nothing in the token can destroy, and so nobody retire.
  bool lasting_roots = false;
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
  std::uint32_t generation = 0;  // of the roots that were made
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

// Makes the next generation of every root, with the same proofs and rehearsal, in a token that has
// the keys of the service. What an earlier ceremony that broke off left of that generation is kept
// and completed. Nothing uses the new roots yet. May run while another process has an engine over
// the token; no Engine may be open in this one.
Result<CeremonyReport> AddRoots(CeremonyOptions options);

}  // namespace kmaas::hsm
