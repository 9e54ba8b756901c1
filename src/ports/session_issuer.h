// Temporary credentials, as those who grant them see them.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "domain/principal.h"

namespace kmaas::ports {

// `principal` has its session, and no access key id yet. A session of a user names the long-term
// access key that it was asked for with, and ends with it.
struct NewSession {
  domain::Principal principal;
  std::string parent_access_key_id = {};
};

struct IssuedSession {
  std::string access_key_id;  // ASIA...
  SecretBytes secret;
  std::string token;
};

// Thread-safe.
class SessionIssuer {
 public:
  virtual ~SessionIssuer() = default;
  // kKmsInternal for a session that is neither of a user nor of a role, or too large for a token.
  virtual Result<IssuedSession> Issue(const NewSession& session) = 0;
};

}  // namespace kmaas::ports
