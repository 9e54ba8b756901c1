// An account with its first administrator: what `kmaas init` and `kmaas account create` make.
#pragma once

#include <string>
#include <string_view>

#include "app/foundation.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "identity/enrolment.h"
#include "ports/random_source.h"

namespace kmaas::app {

// A user who may do everything: AWS's AdministratorAccess is attached to it.
Result<records::User> MakeAdministrator(const records::Account& account, std::string_view name,
                                        identity::Making making);

// The rows of an account, its administrator and the administrator's access key; kAlreadyExists when
// the account is there.
Result<void> AddAccount(records::Changes& changes, const records::Account& account,
                        const records::User& administrator,
                        const records::StoredAccessKey& access_key);

struct NewAccount {
  records::Account account;
  records::User administrator;
  std::string access_key_id;
  SecretBytes secret_access_key;  // nowhere else in clear
};

struct AccountNames {
  std::string id;  // empty: a random one
  std::string name;
  std::string administrator = "administrator";
};

// Makes and stores it, together with an audit record that kmaasd delivers when it starts. The store
// must be open for writing.
Result<NewAccount> CreateAccount(Foundation& foundation, const AccountNames& names,
                                 const std::string& region, ports::RandomSource& random,
                                 const Clock& clock);

}  // namespace kmaas::app
