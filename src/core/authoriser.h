// The decision: may this principal do this action on this key?
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/key.h"
#include "domain/principal.h"

namespace kmaas::core {

// The action actually performed, on a key resolved once. `key` is null for actions on no key.
struct AccessQuestion {
  const domain::Principal& principal;
  std::string_view action;  // "kms:Encrypt"
  const domain::Key* key = nullptr;
  // The grant has the last word, not the policies (kmaas.OperationRules): only an explicit deny is
  // a refusal, and an empty answer says that no policy allows.
  bool grant_decides = false;
};

// Thread-safe. Returns the deciding statement for the audit, or kAccessDenied with AWS's message.
class Authoriser {
 public:
  virtual ~Authoriser() = default;
  virtual Result<std::string> Decide(const AccessQuestion& question) = 0;
};

// Until policies are evaluated, the account is the boundary: a principal acts on the keys of its
// own account and on no others.
class AccountBoundary final : public Authoriser {
 public:
  Result<std::string> Decide(const AccessQuestion& question) override;
};

// AWS's text for a key of another account, whether it exists or not.
Error ForeignKeyDenied(const domain::Principal& principal, std::string_view action,
                       std::string_view key_arn);

}  // namespace kmaas::core
