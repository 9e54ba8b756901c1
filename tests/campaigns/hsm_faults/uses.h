// All that is done with an engine, each as one use with a verdict.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/private_key.h"
#include "hsm/engine.h"

namespace kmaas::campaigns {

// What came of one use: the right answer, an error that says "try again", an error that does not,
// or a wrong answer.
enum class Answer { kRight, kRefused, kUnclear, kWrong };

struct Use {
  std::string name;
  Answer answer;
  std::string detail;  // of what was not right
};

// What there is to use, and what comes of it when nothing fails.
struct Keys {
  domain::KeyMaterial wrapped;
  domain::KeyMaterial damaged;
  domain::KeyMaterial resident;
  domain::KeyMaterial hmac;
  domain::KeyMaterial rsa_signer;
  domain::KeyMaterial ec_signer;
  domain::KeyMaterial decrypter;
  domain::KeyMaterial agreer;
  domain::KeyMaterial in_process;
  SecretBytes message_key[2];
  Bytes tag;
  SecretBytes service_key;
  Bytes process_signature;
  Bytes audit_key;
  Bytes last_random;
  std::uint64_t epoch = 0;  // of the last anchor that was asked for

  std::optional<crypto::PrivateKey> peer;
  Bytes ciphertext;
};

struct Kind {
  std::string name;
  Use (*use)(hsm::Engine& engine, Keys& keys, Deadline deadline);
};
// The first is short and alters no keys.
const std::vector<Kind>& AllKinds();

// Fills `keys`; ends the program when that fails.
void MakeKeys(hsm::Engine& engine, Keys& keys);
// A call of the long lane.
Use UseOfLongLane(hsm::Engine& engine, Deadline deadline);

}  // namespace kmaas::campaigns
