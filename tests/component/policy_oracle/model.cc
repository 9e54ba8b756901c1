#include "tests/component/policy_oracle/model.h"

#include <algorithm>

namespace kmaas::policy_oracle {
namespace {

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string Value(const std::string& text, bool typed) { return typed ? text : Quoted(text); }

std::string List(const Texts& texts, bool bare = false, bool typed = false) {
  if (bare && texts.size() == 1) return Value(texts[0], typed);
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ",") + Value(text, typed);
  return "[" + out + "]";
}

std::string Principals(const Statement& statement) {
  if (statement.anyone_bare) return "\"*\"";
  std::map<std::string, Texts> by_kind;
  for (const auto& principal : statement.principals)
    by_kind[principal.kind].push_back(principal.name);
  std::string out;
  for (const auto& [kind, names] : by_kind)
    out += (out.empty() ? "" : ",") + Quoted(kind) + ":" + List(names, true);
  return "{" + out + "}";
}

std::string Conditions(const std::vector<Test>& tests) {
  std::map<std::string, std::string> by_operator;
  for (const auto& test : tests) {
    std::string& block = by_operator[(test.quantifier.empty() ? "" : test.quantifier + ":") +
                                     test.operation + (test.if_exists ? "IfExists" : "")];
    block += (block.empty() ? "" : ",") + Quoted(test.key) + ":" +
             List(test.values, test.bare, test.typed);
  }
  std::string out;
  for (const auto& [name, block] : by_operator)
    out += (out.empty() ? "" : ",") + Quoted(name) + ":{" + block + "}";
  return "{" + out + "}";
}

std::string StatementJson(const Statement& statement) {
  std::string out = std::string("{\"Effect\":") + (statement.allow ? "\"Allow\"" : "\"Deny\"");
  if (!statement.principals.empty() || statement.anyone_bare) {
    out += statement.not_principal ? ",\"NotPrincipal\":" : ",\"Principal\":";
    out += Principals(statement);
  }
  if (statement.actions) {
    out += statement.not_action ? ",\"NotAction\":" : ",\"Action\":";
    out += List(*statement.actions, true);
  }
  if (statement.resources) {
    out += statement.not_resource ? ",\"NotResource\":" : ",\"Resource\":";
    out += List(*statement.resources, true);
  }
  if (!statement.tests.empty()) out += ",\"Condition\":" + Conditions(statement.tests);
  return out + "}";
}

std::string Map(const std::map<std::string, std::string>& map) {
  std::string out;
  for (const auto& [key, value] : map) out += " " + key + "=" + value;
  return out.empty() ? " -" : out;
}

std::string GrantLine(const GrantText& grant) {
  return "grant to " + grant.grantee + " for " + List(grant.operations) +
         "\n  equals:" + Map(grant.context_equals) + "; subset:" + Map(grant.context_subset) +
         "; source ARN: " + grant.source_arn + "\n";
}

}  // namespace

std::string NameOf(Verdict verdict) {
  static const char* const kNames[] = {"allowed",           "explicit deny",
                                       "no resource allow", "no identity allow",
                                       "no boundary allow", "no session allow"};
  return kNames[static_cast<int>(verdict)];
}

std::string Lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string ToJson(const PolicyText& policy) {
  std::string statements;
  for (const auto& statement : policy.statements)
    statements += (statements.empty() ? "" : ",\n ") + StatementJson(statement);
  std::string out = "{";
  if (!policy.version.empty()) out += "\"Version\":" + Quoted(policy.version) + ",";
  return out + "\"Statement\":[" + statements + "]}";
}

std::string ToReport(const World& world, const Ask& ask) {
  std::string out;
  if (world.kind != World::Kind::kNothing)
    out += "resource policy of " + world.arn + " of " + world.account + "\n" +
           ToJson(world.resource_policy) + "\n";
  for (const auto& policy : world.identity) out += "identity\n" + ToJson(policy) + "\n";
  if (world.boundary) out += "boundary\n" + ToJson(*world.boundary) + "\n";
  for (const auto& policy : world.session) out += "session\n" + ToJson(policy) + "\n";
  for (const auto& grant : world.grants) out += GrantLine(grant);
  out += ask.caller.arn + (ask.caller.role_arn.empty() ? "" : " of " + ask.caller.role_arn) +
         " asks for " + ask.action + "\n";
  for (const auto& [key, values] : ask.context) out += "  " + key + " = " + List(values) + "\n";
  out += "  encryption context:";
  return out + (ask.encryption_context ? Map(*ask.encryption_context) : " none") + "\n";
}

}  // namespace kmaas::policy_oracle
