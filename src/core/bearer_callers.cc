#include "core/bearer_callers.h"

#include <algorithm>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "domain/iam_names.h"
#include "domain/ids.h"
#include "records/find_by_arn.h"

namespace kmaas::core {
namespace {

constexpr std::string_view kAction = "sts:AssumeRoleWithWebIdentity";
constexpr std::size_t kTrustsMax = 4096;
constexpr std::size_t kSessionNameBytesMax = 64;  // AWS STS

Error Unknown(std::string detail) {
  return {ErrorCode::kUnrecognizedClient, "The security token included in the request is invalid.",
          std::move(detail)};
}

Error MayNot() {
  return {ErrorCode::kAccessDenied, "Not authorized to perform " + std::string(kAction)};
}

// Behind what is left of a name that did not fit: "=" and hex digits.
constexpr char kDigestMark = '=';
constexpr std::size_t kDigestBytes = 16;
constexpr std::size_t kMarkedBytes = 1 + 2 * kDigestBytes;

bool EndsInDigest(std::string_view name) {
  if (name.size() < kMarkedBytes) return false;
  const std::string_view end = name.substr(name.size() - kMarkedBytes);
  return end.front() == kDigestMark &&
         end.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
}

// The subject in the characters of a RoleSessionName, of which there are at least two. One that
// does not fit has a digest behind what is left of it; one that fits and ends as if it had does not
// count as one that fits. So no two subjects share a session.
std::string SessionName(std::string_view subject) {
  std::string name(subject);
  for (char& c : name) {
    if (!domain::IsNameCharacter(c)) c = '-';
  }
  if (name == subject && name.size() >= 2 && name.size() <= kSessionNameBytesMax &&
      !EndsInDigest(name))
    return name;
  const crypto::Sha256Digest digest = crypto::Sha256(AsBytes(subject));
  return name.substr(0, kSessionNameBytesMax - kMarkedBytes) + kDigestMark +
         HexEncode(ByteView(digest).first(kDigestBytes));
}

domain::Session SessionOf(const ports::WebIdentity& who) {
  domain::Session session;
  session.issued = who.issued;
  session.expires = who.expires;
  session.mfa_time = who.mfa_time;
  return session;
}

}  // namespace

BearerCallers::BearerCallers(Parts parts, std::vector<BearerRule> rules) : parts_(parts) {
  for (BearerRule& rule : rules)
    rules_.emplace(std::pair(std::move(rule.issuer), std::move(rule.subject)),
                   std::move(rule.principal_arn));
}

Result<domain::Principal> BearerCallers::Authenticate(std::string_view token,
                                                      std::string_view role_arn,
                                                      const CallEnvelope& envelope) {
  KM_TRY(const auto who, parts_.identities.Verify(token));
  if (!role_arn.empty()) return InRole(*who, role_arn, envelope);
  const auto rule = rules_.find(std::pair(who->issuer, who->subject));
  if (rule == rules_.end()) return Unknown("no rule knows the subject of the token");
  const auto arn = domain::Arn::Parse(rule->second);
  return arn && arn->resource.starts_with("role/") ? InRole(*who, rule->second, envelope)
                                                   : AsUser(*who, rule->second);
}

// The token's facts come along as those of a session do.
Result<domain::Principal> BearerCallers::AsUser(const ports::WebIdentity& who,
                                                const std::string& arn) {
  KM_TRY(std::optional<domain::Principal> principal, parts_.credentials.FindPrincipal(arn));
  if (!principal) return Unknown("no such principal: " + arn);
  principal->session = std::make_shared<const domain::Session>(SessionOf(who));
  return *std::move(principal);
}

Result<BearerCallers::Trust> BearerCallers::TrustOf(std::string_view arn) {
  KM_TRY(auto role, records::FindByArn<records::Role>(parts_.catalog, arn));
  if (role == nullptr) return Trust();
  {
    const std::lock_guard lock(mutex_);
    const auto kept = trusts_.find(arn);
    if (kept != trusts_.end() && kept->second.role == role) return kept->second;
  }
  KM_TRY(auto policy, TrustPolicyOf(*role));
  Trust trust{std::move(role), std::move(policy)};
  const std::lock_guard lock(mutex_);
  if (trusts_.size() >= kTrustsMax) trusts_.clear();
  trusts_.insert_or_assign(std::string(arn), trust);
  return trust;
}

Result<domain::Principal> BearerCallers::InRole(const ports::WebIdentity& who, std::string_view arn,
                                                const CallEnvelope& envelope) {
  KM_TRY(const Trust trust, TrustOf(arn));
  if (trust.role == nullptr) return MayNot();
  domain::Session session = SessionOf(who);
  session.federated_provider = who.issuer;
  session.session_name = SessionName(who.subject);
  const domain::Principal caller = WebCaller(who, trust.role->account);
  const TrustConditions more(&who, false, session.session_name);
  const auto verdict = parts_.authoriser.Decide({.principal = caller,
                                                 .action = kAction,
                                                 .resource = arn,
                                                 .envelope = &envelope,
                                                 .instead = trust.policy.get(),
                                                 .more = &more});
  if (verdict) return AsRole(*trust.role, std::move(session));
  return verdict.error().code == ErrorCode::kAccessDenied ? MayNot() : verdict.error();
}

}  // namespace kmaas::core
