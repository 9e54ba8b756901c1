// Records that are not keys: policies, index rows, accounts, users, credentials, the outbox.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "domain/ids.h"

namespace kmaas::records {

// The key policy "default" of one key.
struct KeyPolicy {
  std::string region;
  domain::KeyId key_id;
  std::string document;
};

// Index rows: that a key belongs to an account, that an alias names a key. The row key says it all;
// whoever follows one checks it against the record that it leads to.
struct AccountKey {
  std::string account;
  std::string region;
  domain::KeyId key_id;
};
struct KeyAlias {
  std::string region;
  domain::KeyId key_id;
  std::string alias_name;
};

struct Account {
  std::string id;  // 12 digits
  std::string name;
  WallTime created{};
};

struct User {
  std::string account;
  std::string name;
  std::string path;     // "/" or "/division/"
  std::string user_id;  // "AIDA" and 17 letters or digits
  WallTime created{};

  std::string arn() const { return "arn:aws:iam::" + account + ":user" + path + name; }
};

// The secret is sealed by identity::SealedSecrets under a key that the HSM derives for this access
// key id.
struct StoredAccessKey {
  std::string id;  // "AKIA" and 16 letters or digits
  std::string account;
  std::string user_name;
  bool active = true;
  Bytes sealed_secret;
  WallTime created{};
};

struct OutboxEntry {
  std::string event_id;
  std::string rendered;
};

// One row: which token this database belongs to.
struct Installation {
  std::string token_serial;
  std::string token_label;
  WallTime created{};
};

}  // namespace kmaas::records
