#include "cli/explanations.h"

#include "cli/table.h"
#include "identity/named_principals.h"

namespace kmaas::cli {

using core::PolicyAuthoriser;

Result<std::unique_ptr<Ground>> OpenGround(Invocation& invocation) {
  KM_TRY(app::Config config, invocation.Load());
  KM_TRY(app::Foundation foundation, OpenForReading(config, invocation.clock));
  return std::make_unique<Ground>(std::move(config), std::move(foundation), invocation.clock);
}

Result<domain::Principal> PrincipalNamed(Ground& ground, const std::string& arn) {
  KM_TRY(auto principal,
         identity::FindAnyPrincipal(*ground.foundation.catalog, arn, ground.clock.Now()));
  if (!principal) {
    return Error{ErrorCode::kNotFound,
                 "there is no principal " + Harmless(arn) +
                     "; name a user, a role, a session of a role or the root of an account by its "
                     "ARN; `kmaas account show` shows users"};
  }
  return *std::move(principal);
}

std::shared_ptr<domain::Session> SessionFor(const domain::Principal& principal, WallTime issued,
                                            bool second_factor) {
  auto session = principal.session ? std::make_shared<domain::Session>(*principal.session)
                                   : std::make_shared<domain::Session>();
  session->issued = issued;
  if (second_factor) session->mfa_time = issued;
  return session;
}

void WriteExplanation(JsonWriter& json, const PolicyAuthoriser::Explanation& explanation) {
  json.Member("allowed", explanation.allowed)
      .Member("decided_by", explanation.deciding_statement)
      .Member("caller_is_told", explanation.message);
  json.Key("policies").BeginArray();
  for (const auto& line : explanation.lines) {
    json.BeginObject().Member("policy", line.policy).Member("says", line.says).End();
  }
  json.End().Key("conditions_that_remain").BeginArray();
  for (const std::string& one : explanation.remaining) json.Text(one);
  json.End();
}

void PrintExplanation(std::ostream& out, const PolicyAuthoriser::Explanation& explanation) {
  out << (explanation.allowed ? "allowed" : "refused") << ": "
      << Harmless(explanation.deciding_statement) << '\n';
  if (!explanation.message.empty())
    out << "the caller is told: " << Harmless(explanation.message) << '\n';
  for (const auto& line : explanation.lines)
    out << "  " << Harmless(line.policy) << ' ' << Harmless(line.says) << '\n';
  for (const std::string& one : explanation.remaining) out << "    " << Harmless(one) << '\n';
}

}  // namespace kmaas::cli
