// What the rules ask about the world: ports of the key request process.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/digest.h"
#include "keyservice/rows/request_row.h"

namespace kmaas::keyservice {

// A key that was made by the process and is not destroyed or to be destroyed.
struct LiveKey {
  std::string id;  // UUID
  std::string arn;
  std::string alias;
  domain::KeySpec spec = domain::KeySpec::kSymmetricDefault;
  bool resident = false;
  int information_class = 0;
  Date activated{};
  std::optional<Date> expiry;
};

class KeyRegister {
 public:
  virtual ~KeyRegister() = default;
  virtual Result<std::optional<LiveKey>> Find(const Subject& subject) const = 0;
  // The request that a file with this digest has led to, if any (V13).
  virtual Result<std::optional<std::string>> RequestOfFile(
      const crypto::Sha256Digest& digest) const = 0;
};

// Somebody, or a system, that a request names.
struct KnownPrincipal {
  std::string arn;     // of a user or role; what a key policy names
  std::string person;  // a lasting id, the same for all accounts of one person; empty for a system
};

class Directory {
 public:
  virtual ~Directory() = default;
  // By e-mail address (lower case) or ARN.
  virtual Result<std::optional<KnownPrincipal>> Find(std::string_view name) const = 0;
  virtual Result<bool> Belongs(std::string_view person, std::string_view entity_code) const = 0;
  virtual Result<bool> HasApprovers(std::string_view entity_code) const = 0;
};

}  // namespace kmaas::keyservice
