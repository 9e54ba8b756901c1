#include "core/role_trust.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/ascii_case.h"
#include "domain/assumed_role.h"
#include "domain/ids.h"
#include "policy/policy.h"
#include "records/row_keys.h"

namespace kmaas::core {
namespace {

// Claims that say who somebody is, to whom, and how he proved it: OpenID Connect Core, section 2.
bool IsRegistered(std::string_view claim) {
  constexpr std::array<std::string_view, 6> kClaims = {"iss", "aud", "azp", "amr", "acr", "nonce"};
  return std::find(kClaims.begin(), kClaims.end(), claim) != kClaims.end();
}

}  // namespace

Result<std::shared_ptr<const policy::Policy>> TrustPolicyOf(const records::Role& role) {
  auto compiled = policy::Policy::Compile(role.trust_policy, policy::PolicyKind::kTrust);
  if (compiled) return compiled;
  return Error{
      ErrorCode::kKmsInternal, "",
      "the trust policy of " + role.arn() + " cannot be read: " + compiled.error().message};
}

domain::Principal WebCaller(const ports::WebIdentity& who, std::string account) {
  auto session = std::make_shared<domain::Session>();
  session->issued = who.issued;
  session->expires = who.expires;
  session->mfa_time = who.mfa_time;
  session->federated_provider = who.issuer;
  domain::Principal caller;
  caller.type = domain::PrincipalType::kAssumedRole;
  caller.account = std::move(account);
  caller.user_id = who.provider + ":" + who.audience + ":" + who.subject;
  caller.user_name = who.subject;
  caller.session = std::move(session);
  return caller;
}

domain::Principal AsRole(const records::Role& role, domain::Session session) {
  session.role_arn = role.arn();
  session.role_name = role.name;
  session.role_id = role.role_id;
  domain::Principal principal;
  principal.account = role.account;
  domain::NameAssumedRole(principal, session);
  principal.session = std::make_shared<const domain::Session>(std::move(session));
  return principal;
}

Error NoWebIdentities() {
  return {ErrorCode::kInvalidIdentityToken,
          "No OpenIDConnect provider is configured for this issuer."};
}

bool TrustConditions::Values(const policy::ConditionKey& key,
                             std::vector<std::string_view>& values) const {
  if (second_factor_now_ && key.known == policy::KnownKey::kMultiFactorAuthPresent) {
    values.emplace_back("true");
    return true;
  }
  if (second_factor_now_ && key.known == policy::KnownKey::kMultiFactorAuthAge) {
    values.emplace_back("0");
    return true;
  }
  if (!session_name_.empty() && key.known == policy::KnownKey::kStsRoleSessionName) {
    values.emplace_back(session_name_);
    return true;
  }
  if (who_ == nullptr || key.known != policy::KnownKey::kOther) return false;
  // The text of a key is in lower case, that of a provider need not be.
  const std::string prefix = LowerAscii(who_->provider) + ":";
  return key.text.starts_with(prefix) &&
         ClaimValues(std::string_view(key.text).substr(prefix.size()), values);
}

// "aud" is the audience that counts, "oaud" what the token says (as AWS has it where azp is set).
// Condition keys have no case, claims do: a claim of the specifications is meant as they write it,
// and of others that differ in case alone none is.
bool TrustConditions::ClaimValues(std::string_view claim,
                                  std::vector<std::string_view>& values) const {
  if (claim == "aud" || claim == "sub") {
    values.push_back(claim == "aud" ? who_->audience : who_->subject);
    return true;
  }
  const std::string name(claim == "oaud" ? "aud" : claim);
  auto found = who_->claims.find(name);
  if (found == who_->claims.end() && !IsRegistered(name)) {
    const auto is_named = [&name](const auto& one) { return LowerAscii(one.first) == name; };
    const auto end = who_->claims.end();
    found = std::find_if(who_->claims.begin(), end, is_named);
    if (found != end && std::find_if(std::next(found), end, is_named) != end) return false;
  }
  if (found == who_->claims.end()) return false;
  values.insert(values.end(), found->second.begin(), found->second.end());
  return true;
}

}  // namespace kmaas::core
