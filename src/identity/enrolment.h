// Makes accounts, users and access keys: identifiers as AWS forms them, secrets from the HSM.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "identity/sealed_secrets.h"
#include "ports/crypto_engine.h"
#include "ports/random_source.h"
#include "records/catalog.h"

namespace kmaas::identity {

// A new access key: its row, and the secret, which is nowhere else in clear.
struct NewAccessKey {
  records::StoredAccessKey row;
  SecretBytes secret;  // 40 characters of base64
};

// Who asks for what is checked by the callers; what may stand in a record is checked here.
// kValidation names what is wrong. Thread-safe; borrows everything.
class Enrolment {
 public:
  struct Ports {
    ports::CryptoEngine& engine;
    ports::RandomSource& random;
    const Clock& clock;
  };
  explicit Enrolment(const Ports& ports)
      : ports_(ports), sealed_secrets_(ports.engine, ports.random) {}

  // An empty id asks for a random one.
  Result<records::Account> MakeAccount(std::string_view id, std::string_view name);
  Result<records::User> MakeUser(const records::Account& account, std::string_view name,
                                 std::string_view path = "/");
  Result<NewAccessKey> MakeAccessKey(const records::User& user, Deadline deadline);

  // Stores a record that must not exist yet: kAlreadyExists otherwise.
  static Result<void> Add(records::Changes& changes, const records::Account& account);
  static Result<void> Add(records::Changes& changes, const records::User& user);
  static Result<void> Add(records::Changes& changes, const records::StoredAccessKey& key);

 private:
  std::string UniqueId(std::string_view prefix, std::size_t random_characters);

  Ports ports_;
  SealedSecrets sealed_secrets_;
};

// AWS: 1 to 64 letters, digits and +=,.@_-
bool IsUserName(std::string_view text);
// AWS: "/" or up to 512 printable ASCII characters that begin and end with one.
bool IsUserPath(std::string_view text);

}  // namespace kmaas::identity
