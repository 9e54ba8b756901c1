#include "identity/session_record.h"

#include "domain/assumed_role.h"
#include "kmaas/identity/v1/session.pb.h"

namespace kmaas::identity {
namespace {

namespace wire = ::kmaas::identity::v1;

std::int64_t ToSeconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}
// Whether a WallTime, which counts in nanoseconds, can hold it.
bool IsTime(std::int64_t seconds) {
  constexpr auto kLast = std::chrono::floor<std::chrono::seconds>(WallTime::duration::max());
  return seconds >= 0 && seconds <= kLast.count();
}
WallTime FromSeconds(std::int64_t seconds) { return WallTime(std::chrono::seconds(seconds)); }

void EncodeRole(const domain::Session& session, wire::SealedSession& out) {
  out.set_role_arn(session.role_arn);
  out.set_role_name(session.role_name);
  out.set_role_id(session.role_id);
  out.set_session_name(session.session_name);
  out.set_chained(session.chained);
  out.set_source_identity(session.source_identity);
  out.set_federated_provider(session.federated_provider);
  out.set_policy(session.policy);
  for (const auto& [key, value] : session.tags) {
    wire::SessionTag& tag = *out.add_tags();
    tag.set_key(key);
    tag.set_value(value);
  }
  for (const std::string& key : session.transitive_tag_keys) out.add_transitive_tag_keys(key);
  for (const std::string& arn : session.policy_arns) out.add_policy_arns(arn);
}

void DecodeRole(const wire::SealedSession& in, domain::Session& session) {
  session.role_arn = in.role_arn();
  session.role_name = in.role_name();
  session.role_id = in.role_id();
  session.session_name = in.session_name();
  session.chained = in.chained();
  session.source_identity = in.source_identity();
  session.federated_provider = in.federated_provider();
  session.policy = in.policy();
  for (const wire::SessionTag& tag : in.tags()) session.tags.emplace_back(tag.key(), tag.value());
  session.transitive_tag_keys.assign(in.transitive_tag_keys().begin(),
                                     in.transitive_tag_keys().end());
  session.policy_arns.assign(in.policy_arns().begin(), in.policy_arns().end());
}

}  // namespace

std::optional<std::string> EncodeSession(const ports::NewSession& session) {
  const domain::Principal& who = session.principal;
  if (who.session == nullptr) return std::nullopt;
  wire::SealedSession out;
  out.set_account(who.account);
  out.set_issued_seconds(ToSeconds(who.session->issued));
  out.set_expires_seconds(ToSeconds(who.session->expires));
  if (who.session->mfa_time) out.set_mfa_seconds(ToSeconds(*who.session->mfa_time));
  if (who.type == domain::PrincipalType::kAssumedRole) {
    EncodeRole(*who.session, out);
  } else if (who.type == domain::PrincipalType::kIamUser) {
    out.set_user_arn(who.arn);
    out.set_user_id(who.user_id);
    out.set_user_name(who.user_name);
    out.set_parent_access_key_id(session.parent_access_key_id);
  } else {
    return std::nullopt;
  }
  return out.SerializeAsString();
}

std::optional<ports::NewSession> DecodeSession(ByteView bytes) {
  wire::SealedSession in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  if (!IsTime(in.issued_seconds()) || !IsTime(in.expires_seconds()) || !IsTime(in.mfa_seconds()))
    return std::nullopt;
  auto session = std::make_shared<domain::Session>();
  session->issued = FromSeconds(in.issued_seconds());
  session->expires = FromSeconds(in.expires_seconds());
  if (in.mfa_seconds() != 0) session->mfa_time = FromSeconds(in.mfa_seconds());
  ports::NewSession out;
  out.principal.account = in.account();
  if (!in.role_id().empty()) {
    DecodeRole(in, *session);
    domain::NameAssumedRole(out.principal, *session);
  } else {
    out.principal.type = domain::PrincipalType::kIamUser;
    out.principal.arn = in.user_arn();
    out.principal.user_id = in.user_id();
    out.principal.user_name = in.user_name();
    out.parent_access_key_id = in.parent_access_key_id();
  }
  out.principal.session = std::move(session);
  return out;
}

}  // namespace kmaas::identity
