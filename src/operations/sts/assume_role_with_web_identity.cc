#include "core/role_trust.h"
#include "operations/sts/session_rules.h"
#include "operations/sts_handlers.h"
#include "records/find_by_arn.h"

namespace kmaas::operations {
namespace {

constexpr std::string_view kAction = "sts:AssumeRoleWithWebIdentity";

}  // namespace

// The token has proved the caller before this is called.
Result<sts::AssumeRoleWithWebIdentityResponse> AssumeRoleWithWebIdentity(
    const sts::AssumeRoleWithWebIdentityRequest& request, AccountCall& call) {
  const ports::WebIdentity& who = *call.web_identity();
  if (request.has_provider_id())
    return Error{ErrorCode::kValidation, "ProviderId is not for OpenID Connect ID tokens."};
  KM_TRY(const auto role,
         records::FindByArn<records::Role>(call.services().catalog, request.role_arn()));
  if (role == nullptr) return MayNotAssume(call.principal(), kAction, request.role_arn());
  call.AddResource(role->account, role->arn());
  const domain::Principal caller = core::WebCaller(who, role->account);
  const core::TrustConditions more(&who);
  KM_CHECK(AskTrust({caller, *role, more}, kAction, call));
  domain::Session session;
  session.session_name = request.role_session_name();
  session.federated_provider = who.issuer;
  session.mfa_time = who.mfa_time;
  KM_TRY(const auto span, SpanOf(request.duration_seconds(), *role, false));
  session.issued = std::chrono::floor<std::chrono::seconds>(call.now());
  session.expires = session.issued + span;
  KM_CHECK(
      SetSessionPolicies(request.policy(), request.policy_arns(), role->account, call, session));
  KM_TRY(const int packed, PackedPolicySize(session));
  const ports::NewSession made{core::AsRole(*role, std::move(session))};
  sts::AssumeRoleWithWebIdentityResponse response;
  KM_CHECK(Issue(made, call, *response.mutable_credentials()));
  Describe(made.principal, *response.mutable_assumed_role_user());
  response.set_subject_from_web_identity_token(who.subject);
  response.set_provider(who.issuer);
  response.set_audience(who.audience);
  response.set_packed_policy_size(packed);
  return response;
}

}  // namespace kmaas::operations
