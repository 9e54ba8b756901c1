// Temporary credentials as the front ends see them: a token opened once, and asked at each call
// whether it still holds.
#pragma once

#include <memory>
#include <string_view>

#include "base/clock.h"
#include "identity/session_token.h"
#include "identity/token_cache.h"
#include "ports/credential_source.h"
#include "records/catalog.h"

namespace kmaas::identity {

// Thread-safe; borrows everything. Opened tokens are kept within bounds; those of strangers, which
// do not open, never are.
class SessionCredentials {
 public:
  SessionCredentials(records::Catalog& catalog, const SessionTokens& tokens, const Clock& clock);
  ~SessionCredentials();

  // The credentials of a session, the same object for each call with the same token. Null for what
  // is no token of this server for this id, and once the session is void: its role or user is gone
  // or made anew, or the access key that it was asked for with is gone or inactive. kExpiredToken
  // for a genuine token after its time.
  Result<std::shared_ptr<const ports::AccessKey>> Find(std::string_view access_key_id,
                                                       std::string_view token);

 private:
  struct Opened;

  std::shared_ptr<const Opened> Open(std::string_view access_key_id, std::string_view token);
  Result<bool> Stands(const Opened& opened);

  records::Catalog& catalog_;
  const SessionTokens& tokens_;
  const Clock& clock_;
  TokenCache<Opened> cache_;
};

}  // namespace kmaas::identity
