#include "core/role_trust.h"
#include "domain/ids.h"
#include "operations/sts/second_factor.h"
#include "operations/sts/session_rules.h"
#include "operations/sts/session_tags.h"
#include "operations/sts_handlers.h"
#include "records/find_by_arn.h"

namespace kmaas::operations {
namespace {

constexpr std::string_view kAction = "sts:AssumeRole";

// A session keeps the source identity with which its chain began.
Result<void> SetSourceIdentity(const sts::AssumeRoleRequest& request, const domain::Session* caller,
                               domain::Session& session) {
  session.source_identity = request.source_identity();
  if (caller == nullptr || caller->source_identity.empty()) return {};
  if (request.has_source_identity() && request.source_identity() != caller->source_identity)
    return Error{ErrorCode::kAccessDenied,
                 "The source identity of a session cannot be changed by assuming another role."};
  session.source_identity = caller->source_identity;
  return {};
}

// Each thing that a session carries on needs a permission of its own.
Result<void> AskAll(const TrustQuestion& trust, const domain::Session& session, core::Call& call) {
  KM_CHECK(AskTrust(trust, kAction, call));
  if (!session.tags.empty()) KM_CHECK(AskTrust(trust, "sts:TagSession", call));
  if (!session.source_identity.empty()) KM_CHECK(AskTrust(trust, "sts:SetSourceIdentity", call));
  return {};
}

// Only a call from within a role's session makes a chain; a user's own session does not.
const domain::Session* ChainedTo(const domain::Principal& caller) {
  return caller.type == domain::PrincipalType::kAssumedRole ? caller.session.get() : nullptr;
}

// What the session has of its caller and of the request, whichever role it will be of.
Result<domain::Session> SessionFor(const sts::AssumeRoleRequest& request, bool second_factor,
                                   core::Call& call) {
  const domain::Session* chain = ChainedTo(call.principal());
  domain::Session session;
  session.session_name = request.role_session_name();
  session.chained = chain != nullptr;
  session.issued = std::chrono::floor<std::chrono::seconds>(call.now());
  if (second_factor) {
    session.mfa_time = session.issued;
  } else if (call.principal().session != nullptr && chain == nullptr) {
    session.mfa_time = call.principal().session->mfa_time;
  }
  KM_CHECK(SetSourceIdentity(request, chain, session));
  KM_CHECK(SetSessionTags(request, chain, session));
  return session;
}

// Only for whom the role trusts: how long its sessions last and which policies its account has is
// nobody else's business.
Result<void> FitToRole(const sts::AssumeRoleRequest& request, const records::Role& role,
                       core::Call& call, domain::Session& session) {
  KM_TRY(const auto span, SpanOf(request.duration_seconds(), role, session.chained));
  session.expires = session.issued + span;
  return SetSessionPolicies(request.policy(), request.policy_arns(), role.account, call, session);
}

}  // namespace

Result<sts::AssumeRoleResponse> AssumeRole(const sts::AssumeRoleRequest& request,
                                           AccountCall& call) {
  const domain::Principal& who = call.principal();
  const auto arn = domain::Arn::Parse(request.role_arn());
  if (!arn || arn->service != "iam" || !domain::IsAccountId(arn->account))
    return Error{ErrorCode::kValidation, request.role_arn() + " is invalid"};
  if (who.type == domain::PrincipalType::kRoot)
    return Error{ErrorCode::kAccessDenied, "Roles may not be assumed by root accounts."};
  KM_TRY(const auto second_factor, FindSecondFactor(FactorOf(request), call));
  KM_TRY(domain::Session session, SessionFor(request, second_factor.has_value(), call));
  KM_TRY(const auto role,
         records::FindByArn<records::Role>(call.services().catalog, request.role_arn()));
  if (role == nullptr) return MayNotAssume(who, kAction, request.role_arn());
  call.AddResource(role->account, role->arn());
  const core::TrustConditions more(nullptr, second_factor.has_value());
  KM_CHECK(AskAll({who, *role, more}, session, call));
  KM_CHECK(FitToRole(request, *role, call, session));
  sts::AssumeRoleResponse response;
  KM_TRY(const int packed, PackedPolicySize(session));
  if (!session.source_identity.empty()) response.set_source_identity(session.source_identity);
  const ports::NewSession made{core::AsRole(*role, std::move(session))};
  KM_CHECK(Issue(made, call, *response.mutable_credentials()));
  Describe(made.principal, *response.mutable_assumed_role_user());
  response.set_packed_policy_size(packed);
  KM_CHECK(UseSecondFactor(second_factor, call));
  return response;
}

}  // namespace kmaas::operations
