// kmaas explain: why a call was refused, whether one would be, and who could.
#include "cli/commands.h"
#include "cli/decision_question.h"
#include "cli/explain_request.h"
#include "cli/explanations.h"
#include "cli/table.h"
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

Result<void> ExplainOne(Invocation& invocation, const ExplainArguments& arguments) {
  KM_TRY(const auto ground, OpenGround(invocation));
  KM_TRY(domain::Principal principal, PrincipalNamed(*ground, arguments.principal));
  if (arguments.mfa) principal.session = SessionFor(principal, ground->clock.Now(), true);
  KM_TRY(const auto question, DecisionQuestion::Make({.catalog = *ground->foundation.catalog,
                                                      .regions = ground->config.regions(),
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
                                                      .regions = ground->config.regions(),
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
  if (!arguments.request_id.empty()) return ExplainRequest(invocation, arguments.request_id);
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
