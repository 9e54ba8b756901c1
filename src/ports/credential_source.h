// Credentials as the front doors see them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "domain/principal.h"

namespace kmaas::ports {

// An active access key with its secret, unsealed. Immutable and shared: a change of the row makes a
// new one.
struct AccessKey {
  std::string id;
  SecretBytes secret;
  domain::Principal principal;
};

// Thread-safe. Cheap after the first look-up of an id; a change of the credential binds the next
// call.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  // Null when there is no such key or it is not active: the two must look alike.
  virtual Result<std::shared_ptr<const AccessKey>> FindAccessKey(std::string_view id) = 0;
  // Temporary credentials, by the session token that came with them. Null for every pair that does
  // not hold, kExpiredToken after its time. Without a token temporary credentials are nobody's, and
  // long-term ones have none.
  virtual Result<std::shared_ptr<const AccessKey>> FindSession(std::string_view /*id*/,
                                                               std::string_view /*token*/) {
    return std::shared_ptr<const AccessKey>();
  }
  // The principal with this ARN, when it exists and may act.
  virtual Result<std::optional<domain::Principal>> FindPrincipal(std::string_view arn) = 0;
};

}  // namespace kmaas::ports
