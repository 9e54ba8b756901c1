#include "cli/explain_request.h"

#include <algorithm>
#include <optional>
#include <set>

#include "audit/find_record.h"
#include "cli/audited_call.h"
#include "cli/decision_question.h"
#include "cli/explanations.h"
#include "cli/table.h"

namespace kmaas::cli {
namespace {

using core::PolicyAuthoriser;

// As the record has it: the session's policies and tags are not there.
Result<domain::Principal> CallerOf(Ground& ground, const AuditedCall& call) {
  KM_TRY(domain::Principal principal, PrincipalNamed(ground, call.principal));
  if (!call.session_issued) return principal;
  auto session = SessionFor(principal, *call.session_issued, call.second_factor);
  session->source_identity = call.source_identity;
  session->federated_provider = call.federated_provider;
  principal.session = std::move(session);
  return principal;
}

void PrintRecord(std::ostream& out, const AuditedCall& call) {
  out << call.time << ' ' << Harmless(call.operation) << " by "
      << (call.principal.empty() ? "nobody that was authenticated" : Harmless(call.principal))
      << " from " << Harmless(call.source_address) << '\n';
  for (const std::string& resource : call.resources) out << "  on " << Harmless(resource) << '\n';
  out << (call.error_code.empty() ? "succeeded"
                                  : Harmless(call.error_code + ": " + call.error_message))
      << '\n';
  if (!call.deciding_statement.empty())
    out << "decided then by: " << Harmless(call.deciding_statement) << '\n';
}

bool IsKeyArn(const std::string& text) {
  const auto arn = domain::Arn::Parse(text);
  return arn && arn->service == "kms" && arn->resource.starts_with("key/");
}

// One question of a recorded call for each resource that the record names: keys first, in their
// order, as the call was asked about them.
std::vector<DecisionQuestion::Terms> QuestionsOf(Ground& ground, const AuditedCall& call) {
  DecisionQuestion::Terms terms{.catalog = *ground.foundation.catalog,
                                .regions = ground.config.regions(),
                                .operation = call.operation,
                                .source_address = call.source_address};
  for (const auto& [name, value] : call.encryption_context)
    terms.context.push_back(std::string(name).append("=").append(value));
  std::vector<std::string> arns = call.resources;
  const auto others = std::stable_partition(arns.begin(), arns.end(), IsKeyArn);
  std::vector<DecisionQuestion::Terms> questions;
  for (auto arn = arns.begin(); arn != others; ++arn) {
    terms.key.text = *arn;
    terms.target = questions.size();
    questions.push_back(terms);
  }
  terms.key.text.clear();
  for (auto arn = others; arn != arns.end(); ++arn) {
    terms.resource = *arn;
    questions.push_back(terms);
  }
  if (questions.empty()) questions.push_back(terms);
  return questions;
}

// A recorded call, asked of today's policies: what refuses it first, or else what allows it last.
struct Today {
  PolicyAuthoriser::Explanation explanation;
  std::set<std::string> unasked;  // condition keys that the record does not answer
};

Result<Today> AskAgain(Ground& ground, const AuditedCall& call) {
  KM_TRY(const domain::Principal principal, CallerOf(ground, call));
  Today today;
  for (const DecisionQuestion::Terms& terms : QuestionsOf(ground, call)) {
    KM_TRY(const auto question, DecisionQuestion::Make(terms));
    for (std::string& key : question->Unasked()) today.unasked.insert(std::move(key));
    KM_TRY(today.explanation, ground.authoriser.Explain(question->For(principal),
                                                        PolicyAuthoriser::About::kThisRequest));
    if (!today.explanation.allowed) break;
  }
  return today;
}

}  // namespace

Result<void> ExplainRequest(Invocation& invocation, const std::string& request_id) {
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(const auto line, audit::FindByRequestId(config.audit.directory, request_id));
  if (!line) {
    return Error{ErrorCode::kNotFound, "the trail in " + config.audit.directory +
                                           " has no request " + Harmless(request_id)};
  }
  KM_TRY(const AuditedCall call, ReadAuditedCall(*line));
  KM_TRY(const auto ground, OpenGround(invocation));
  std::optional<Today> today;
  std::string why_not = "nobody was authenticated, so no policy was asked";
  if (!call.principal.empty()) {
    auto again = AskAgain(*ground, call);
    why_not = again ? "" : app::ForOperators(again.error());
    if (again) today = *std::move(again);
  }
  if (invocation.json) {
    JsonWriter json;
    json.BeginObject()
        .Member("time", call.time)
        .Member("operation", call.operation)
        .Member("principal", call.principal)
        .Member("error", call.error_code)
        .Member("decided_then_by", call.deciding_statement);
    if (today) {
      json.Key("today").BeginObject();
      WriteExplanation(json, today->explanation);
      json.Key("conditions_asked_without_the_request").BeginArray();
      for (const std::string& key : today->unasked) json.Text(key);
      json.End().End();
    } else {
      json.Member("not_asked_again", why_not);
    }
    json.End();
    invocation.out << json.text();
    return {};
  }
  PrintRecord(invocation.out, call);
  if (!today) {
    invocation.out << "not asked again: " << Harmless(why_not) << '\n';
    return {};
  }
  invocation.out
      << "today's policies, without what was not recorded (policies and tags of the session):\n";
  invocation.out << "conditions on these keys are asked as if the request had not had them:";
  for (const std::string& key : today->unasked)
    invocation.out << (key == *today->unasked.begin() ? " " : ", ") << key;
  invocation.out << '\n';
  PrintExplanation(invocation.out, today->explanation);
  return {};
}

}  // namespace kmaas::cli
