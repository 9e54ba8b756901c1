// kmaas explain: why a call was refused, whether one would be, and who could.
#include <algorithm>
#include <optional>

#include "audit/find_record.h"
#include "cli/audited_call.h"
#include "cli/commands.h"
#include "cli/decision_question.h"
#include "cli/json_writer.h"
#include "cli/key_lookup.h"
#include "cli/table.h"
#include "core/policy_authoriser.h"
#include "core/stored_identity_sides.h"
#include "identity/named_principals.h"
#include "records/every_row.h"

namespace kmaas::cli {
namespace {

using core::PolicyAuthoriser;

struct ExplainArguments {
  std::string request_id;
  std::string principal;
  std::string action;
  std::string who_can;
  KeyName key;
  std::string resource;
  std::vector<std::string> context;  // "name=value"
  std::string source_address;
  bool mfa = false;
};

// Everything that a decision needs, over a store that is only read.
struct Ground {
  app::Config config;
  app::Foundation foundation;
  const Clock& clock;
  core::StoredIdentitySides identities;
  PolicyAuthoriser authoriser;

  Ground(app::Config read, app::Foundation opened, const Clock& time)
      : config(std::move(read)),
        foundation(std::move(opened)),
        clock(time),
        identities(*foundation.catalog),
        authoriser(*foundation.catalog, identities, clock, config.region) {}
  ~Ground() { foundation.Close(); }
};

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

Result<void> ExplainOne(Invocation& invocation, const ExplainArguments& arguments) {
  KM_TRY(const auto ground, OpenGround(invocation));
  KM_TRY(domain::Principal principal, PrincipalNamed(*ground, arguments.principal));
  if (arguments.mfa) principal.session = SessionFor(principal, ground->clock.Now(), true);
  KM_TRY(const auto question, DecisionQuestion::Make({.catalog = *ground->foundation.catalog,
                                                      .region = ground->config.region,
                                                      .action = arguments.action,
                                                      .key = arguments.key,
                                                      .resource = arguments.resource,
                                                      .context = arguments.context,
                                                      .source_address = arguments.source_address}));
  KM_TRY(const auto explanation, ground->authoriser.Explain(question->For(principal),
                                                            PolicyAuthoriser::About::kThisRequest));
  if (invocation.json) {
    JsonWriter json;
    json.BeginObject().Member("principal", principal.arn).Member("action", arguments.action);
    WriteExplanation(json, explanation);
    json.End();
    invocation.out << json.text();
  } else {
    PrintExplanation(invocation.out, explanation);
  }
  return {};
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
                                .region = ground.config.region,
                                .operation = call.operation,
                                .source_address = call.source_address};
  for (const auto& [name, value] : call.encryption_context)
    terms.context.push_back(name + "=" + value);
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
Result<PolicyAuthoriser::Explanation> AskAgain(Ground& ground, const AuditedCall& call) {
  KM_TRY(const domain::Principal principal, CallerOf(ground, call));
  PolicyAuthoriser::Explanation explanation;
  for (const DecisionQuestion::Terms& terms : QuestionsOf(ground, call)) {
    KM_TRY(const auto question, DecisionQuestion::Make(terms));
    KM_TRY(explanation, ground.authoriser.Explain(question->For(principal),
                                                  PolicyAuthoriser::About::kThisRequest));
    if (!explanation.allowed) break;
  }
  return explanation;
}

Result<void> ExplainRequest(Invocation& invocation, const ExplainArguments& arguments) {
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(const auto line, audit::FindByRequestId(config.audit.directory, arguments.request_id));
  if (!line) {
    return Error{ErrorCode::kNotFound, "the trail in " + config.audit.directory +
                                           " has no request " + Harmless(arguments.request_id)};
  }
  KM_TRY(const AuditedCall call, ReadAuditedCall(*line));
  KM_TRY(const auto ground, OpenGround(invocation));
  std::optional<PolicyAuthoriser::Explanation> today;
  std::string why_not = "nobody was authenticated, so no policy was asked";
  if (!call.principal.empty()) {
    auto again = AskAgain(*ground, call);
    if (again) today = *std::move(again);
    why_not = again ? "" : app::ForOperators(again.error());
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
      WriteExplanation(json, *today);
      json.End();
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
  PrintExplanation(invocation.out, *today);
  return {};
}

Result<std::vector<domain::Principal>> AllPrincipals(Ground& ground) {
  records::Catalog& catalog = *ground.foundation.catalog;
  std::vector<domain::Principal> all;
  KM_CHECK(records::ForEachRow<records::Account>(
      catalog, "", [&](const records::Account& one) { all.push_back(identity::RootOf(one)); }));
  KM_CHECK(records::ForEachRow<records::User>(
      catalog, "", [&](const records::User& one) { all.push_back(identity::PrincipalOf(one)); }));
  KM_CHECK(records::ForEachRow<records::Role>(catalog, "", [&](const records::Role& one) {
    all.push_back(identity::SessionOf(one, identity::kAnySession, ground.clock.Now()));
  }));
  return all;
}

const std::string& NameOf(const domain::Principal& principal) {
  return principal.session ? principal.session->role_arn : principal.arn;
}

Result<void> ExplainWhoCan(Invocation& invocation, const ExplainArguments& arguments) {
  KM_TRY(const auto ground, OpenGround(invocation));
  KM_TRY(const auto question, DecisionQuestion::Make({.catalog = *ground->foundation.catalog,
                                                      .region = ground->config.region,
                                                      .action = arguments.who_can,
                                                      .key = arguments.key,
                                                      .resource = arguments.resource,
                                                      .without_request = true}));
  KM_TRY(const auto principals, AllPrincipals(*ground));
  JsonWriter json;
  json.BeginArray();
  for (const domain::Principal& principal : principals) {
    KM_TRY(
        const auto explanation,
        ground->authoriser.Explain(question->For(principal), PolicyAuthoriser::About::kAnyRequest));
    if (!explanation.allowed) continue;
    if (invocation.json) {
      json.BeginObject().Member("principal", NameOf(principal));
      WriteExplanation(json, explanation);
      json.End();
      continue;
    }
    invocation.out << Harmless(NameOf(principal)) << ": "
                   << Harmless(explanation.deciding_statement) << '\n';
    for (const std::string& one : explanation.remaining)
      invocation.out << "    " << Harmless(one) << '\n';
  }
  json.End();
  if (invocation.json) invocation.out << json.text();
  return {};
}

Result<void> Explain(Invocation& invocation, const ExplainArguments& arguments) {
  const bool one = !arguments.principal.empty() && !arguments.action.empty();
  const int ways =
      (arguments.request_id.empty() ? 0 : 1) + (one ? 1 : 0) + (arguments.who_can.empty() ? 0 : 1);
  if (ways != 1) {
    return Error{ErrorCode::kValidation,
                 "say either --request-id, or --principal and --action, or --who-can"};
  }
  if (!arguments.request_id.empty()) return ExplainRequest(invocation, arguments);
  return one ? ExplainOne(invocation, arguments) : ExplainWhoCan(invocation, arguments);
}

constexpr char kFooter[] =
    "The caller of a refused call learns only what AWS would say. Here an operator sees each "
    "policy that was\nlooked at, the statement that decided, and what is missing. Reads store and "
    "trail, changes nothing, works\nbeside a running kmaasd. docs/authorisation.md explains the "
    "decision.\n"
    "\n"
    "Examples:\n"
    "  kmaas explain --request-id 2f0e6a0c-...\n"
    "  kmaas explain --principal arn:aws:iam::111122223333:user/alice --action kms:Decrypt \\\n"
    "                --key alias/orders --context department=tax\n"
    "  kmaas explain --who-can kms:Decrypt --key alias/orders --json";

}  // namespace

void AddExplainCommand(CLI::App& program, Invocation& invocation) {
  CLI::App& explain =
      *program.add_subcommand("explain", "Explain why a call is refused, or who could make it");
  const auto arguments = std::make_shared<ExplainArguments>();
  invocation.AddConfigOption(explain);
  explain.add_option("--request-id", arguments->request_id, "A call in the audit trail")
      ->type_name("ID");
  explain.add_option("--principal", arguments->principal, "Who would call")->type_name("ARN");
  explain.add_option("--action", arguments->action, "What he would do, as kms:Decrypt")
      ->type_name("ACTION");
  explain.add_option("--who-can", arguments->who_can, "List all who could do this")
      ->type_name("ACTION");
  explain.add_option("--key", arguments->key.text, "Key id, key ARN, alias name or alias ARN")
      ->type_name("KEY");
  explain
      .add_option("--resource", arguments->resource,
                  "What it is about when that is no key: a user, a role, an alias")
      ->type_name("ARN");
  explain.add_option("--account", arguments->key.account, "The account of an alias name")
      ->type_name("NUMBER");
  explain
      .add_option("--context", arguments->context, "One pair of the encryption context; repeatable")
      ->type_name("NAME=VALUE");
  explain.add_option("--source-ip", arguments->source_address, "From where he would call")
      ->type_name("ADDRESS");
  explain.add_flag("--mfa", arguments->mfa, "With a session that has just shown a second factor");
  invocation.AddJsonOption(explain);
  explain.footer(kFooter);
  explain.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return Explain(invocation, *arguments); };
  });
}

}  // namespace kmaas::cli
