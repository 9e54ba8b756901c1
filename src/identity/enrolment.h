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

// Borrowed for one call.
struct Making {
  ports::RandomSource& random;
  WallTime now{};
};

// A unique id as IAM forms them: "AIDA" and 17 letters or digits.
std::string MakeEntityId(std::string_view prefix, ports::RandomSource& random);
// `prefix` and so many random characters of base32: how AWS forms the ids of IAM and access keys.
std::string UniqueId(std::string_view prefix, std::size_t random_characters,
                     ports::RandomSource& source);

// Who may ask for what is checked by the callers; what may stand in a record is checked here:
// kValidation names what is wrong. An empty account id asks for a random one.
Result<records::Account> MakeAccount(std::string_view id, std::string_view name, Making making);
Result<records::User> MakeUser(const records::Account& account, std::string_view name,
                               std::string_view path, Making making);
Result<NewAccessKey> MakeAccessKey(const records::User& user, ports::CryptoEngine& engine,
                                   Making making, Deadline deadline);

// Stores a record that must not exist yet: kAlreadyExists otherwise.
Result<void> AddNew(records::Changes& changes, const records::Account& account);
Result<void> AddNew(records::Changes& changes, const records::User& user);
Result<void> AddNew(records::Changes& changes, const records::StoredAccessKey& key);

// AWS: 1 to 64 letters, digits and +=,.@_-
bool IsUserName(std::string_view text);
// AWS: "/" or up to 512 printable ASCII characters that begin and end with one.
bool IsUserPath(std::string_view text);

}  // namespace kmaas::identity
