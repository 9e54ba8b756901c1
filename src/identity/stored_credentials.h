// The credentials in the store, as the front ends see them.
#pragma once

#include <memory>

#include "base/clock.h"
#include "identity/sealed_secrets.h"
#include "identity/session_credentials.h"
#include "ports/credential_source.h"
#include "records/catalog.h"

namespace kmaas::identity {

// Thread-safe; borrows everything. An unsealed key is kept together with the two rows that it was
// made from and is used only while both are still the current ones: a deactivation, a deletion or a
// change of the user binds the next call, and the HSM is asked once per version of a key.
class StoredCredentials final : public ports::CredentialSource {
 public:
  // Without `sessions` there are no temporary credentials.
  StoredCredentials(records::Catalog& catalog, SealedSecrets& secrets, const Clock& clock,
                    SessionCredentials* sessions = nullptr);
  ~StoredCredentials() override;

  // Null as well when the user is gone. Fails with what the store or the HSM fails with.
  Result<std::shared_ptr<const ports::AccessKey>> FindAccessKey(std::string_view id) override;
  Result<std::shared_ptr<const ports::AccessKey>> FindSession(std::string_view id,
                                                              std::string_view token) override;
  // Users ("arn:aws:iam::ACCOUNT:user/path/name") and the root of an account.
  Result<std::optional<domain::Principal>> FindPrincipal(std::string_view arn) override;

 private:
  struct Unsealed;
  struct Cache;

  Result<std::shared_ptr<const Unsealed>> Unseal(
      std::shared_ptr<const records::StoredAccessKey> row,
      std::shared_ptr<const records::User> user);

  records::Catalog& catalog_;
  SealedSecrets& secrets_;
  const Clock& clock_;
  SessionCredentials* const sessions_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace kmaas::identity
