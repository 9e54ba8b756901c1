#include "operations/sts/second_factor.h"
#include "operations/sts/session_rules.h"
#include "operations/sts_handlers.h"

namespace kmaas::operations {
namespace {

constexpr int kDefaultSeconds = 43200;

Error Denied(std::string message) { return {ErrorCode::kAccessDenied, std::move(message)}; }

}  // namespace

// Needs no permission. A session ends with the access key that it was asked for with, so there must
// be one.
Result<sts::GetSessionTokenResponse> GetSessionToken(const sts::GetSessionTokenRequest& request,
                                                     AccountCall& call) {
  const domain::Principal& who = call.principal();
  if (who.session != nullptr) return Denied("Cannot call GetSessionToken with session credentials");
  if (who.type != domain::PrincipalType::kIamUser || who.access_key_id.empty())
    return Denied("Cannot call GetSessionToken without an access key of a user");
  KM_TRY(const auto second_factor, FindSecondFactor(FactorOf(request), call));
  const int seconds = request.has_duration_seconds() ? request.duration_seconds() : kDefaultSeconds;
  auto session = std::make_shared<domain::Session>();
  session->issued = std::chrono::floor<std::chrono::seconds>(call.now());
  session->expires = session->issued + std::chrono::seconds(seconds);
  if (second_factor) session->mfa_time = session->issued;
  ports::NewSession made{who, who.access_key_id};
  made.principal.session = std::move(session);
  sts::GetSessionTokenResponse response;
  KM_CHECK(Issue(made, call, *response.mutable_credentials()));
  KM_CHECK(UseSecondFactor(second_factor, call));
  return response;
}

}  // namespace kmaas::operations
