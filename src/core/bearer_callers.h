// Callers who show an identity token with each call: the same principals as by the other ways.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/authoriser.h"
#include "core/role_trust.h"
#include "ports/credential_source.h"
#include "ports/web_identity.h"
#include "records/catalog.h"

namespace kmaas::core {

// Whoever an issuer calls so acts as this principal, unless the call names a role.
struct BearerRule {
  std::string issuer;
  std::string subject;
  std::string principal_arn;  // of a user, a role, or the root of an account
};

// Thread-safe; borrows everything.
class BearerCallers {
 public:
  struct Parts {
    ports::WebIdentityVerifier& identities;
    ports::CredentialSource& credentials;
    records::Catalog& catalog;
    Authoriser& authoriser;
  };
  BearerCallers(Parts parts, std::vector<BearerRule> rules);

  // A role, named by the call or by a rule, is assumed for this call as AssumeRoleWithWebIdentity
  // assumes it: its trust policy decides. An empty `role_arn` names none. The errors of the token,
  // kAccessDenied for a role that may not be assumed or is not there, kUnrecognizedClient when no
  // rule knows the subject or the principal is gone.
  Result<domain::Principal> Authenticate(std::string_view token, std::string_view role_arn,
                                         const CallEnvelope& envelope);

 private:
  struct Trust {
    std::shared_ptr<const records::Role> role;
    std::shared_ptr<const policy::Policy> policy;
  };

  Result<domain::Principal> AsUser(const ports::WebIdentity& who, const std::string& arn);
  Result<domain::Principal> InRole(const ports::WebIdentity& who, std::string_view arn,
                                   const CallEnvelope& envelope);
  // Compiled once per version of a role.
  Result<Trust> TrustOf(std::string_view arn);

  const Parts parts_;
  std::map<std::pair<std::string, std::string>, std::string> rules_;  // issuer, subject
  std::mutex mutex_;
  std::map<std::string, Trust, std::less<>> trusts_;  // by ARN
};

}  // namespace kmaas::core
