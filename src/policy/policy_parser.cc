#include "policy/policy_parser.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "policy/malformed.h"

namespace kmaas::policy {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr int kDepthMax = 16;
constexpr std::array<std::string_view, 3> kDocumentMembers = {"Version", "Id", "Statement"};
constexpr std::array<std::string_view, 9> kStatementMembers = {
    "Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
    "NotAction", "Resource", "NotResource", "Condition"};

Error SyntaxError(const std::string& why) { return Malformed("Syntax errors in policy: " + why); }

Result<void> CheckText(std::string_view text) {
  if (text.find('\0') == std::string_view::npos) return {};
  return SyntaxError("a text has a NUL character.");
}

// Two members of one name let two readers see two policies. Names are compared as they are after
// their escapes.
Result<void> CheckTree(element value, int depth) {
  if (depth > kDepthMax) return SyntaxError("it is nested too deeply.");
  if (std::string_view text; value.get(text) == simdjson::SUCCESS) return CheckText(text);
  if (value.is_object()) {
    std::set<std::string_view> names;
    for (const auto member : object(value)) {
      KM_CHECK(CheckText(member.key));
      if (!names.insert(member.key).second)
        return SyntaxError("the member " + std::string(member.key) +
                           " stands twice in one object.");
      KM_CHECK(CheckTree(member.value, depth + 1));
    }
  } else if (value.is_array()) {
    for (const element item : array(value)) KM_CHECK(CheckTree(item, depth + 1));
  }
  return {};
}

template <std::size_t N>
Result<void> CheckMembers(object value, const std::array<std::string_view, N>& allowed,
                          const std::string& where) {
  for (const auto member : value) {
    if (std::find(allowed.begin(), allowed.end(), member.key) == allowed.end())
      return SyntaxError(where + " has no member " + std::string(member.key) + ".");
  }
  return {};
}

bool Has(object value, std::string_view name) { return value[name].error() == simdjson::SUCCESS; }

// The member, which is a text; empty when it is not there.
Result<std::string> OptionalText(object value, std::string_view name) {
  if (!Has(value, name)) return std::string();
  std::string_view text;
  if (value[name].get(text) != simdjson::SUCCESS)
    return SyntaxError(std::string(name) + " must be a string.");
  return std::string(text);
}

Result<std::string> TextOf(element value, std::string_view where) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS)
    return SyntaxError(std::string(where) + " must be a string or a list of strings.");
  return std::string(text);
}

// Numbers and booleans may stand in a condition without quotes. A number is read by its value.
Result<std::string> ScalarOf(element value, std::string_view where) {
  if (value.is_bool()) return std::string(bool(value) ? "true" : "false");
  if (value.is_int64()) return std::to_string(std::int64_t(value));
  if (value.is_uint64()) return std::to_string(std::uint64_t(value));
  if (!value.is_double()) return TextOf(value, where);
  std::array<char, 64> digits{};
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), double(value));
  if (error != std::errc()) return SyntaxError(std::string(where) + " has too long a number.");
  return std::string(digits.data(), end);
}

// One value or a list of them.
template <class Read>
Result<std::vector<std::string>> ListOf(element value, std::string_view where, Read read) {
  std::vector<std::string> texts;
  if (!value.is_array()) {
    KM_TRY(std::string text, read(value, where));
    texts.push_back(std::move(text));
    return texts;
  }
  for (const element item : array(value)) {
    KM_TRY(std::string text, read(item, where));
    texts.push_back(std::move(text));
  }
  return texts;
}

// Of "Action" and "NotAction", say, the one that is there.
Result<std::optional<element>> OneOf(object statement, const std::string& name, bool& negated) {
  const std::string opposite = "Not" + name;
  negated = Has(statement, opposite);
  if (negated && Has(statement, name)) {
    return SyntaxError("a Statement cannot have both " + name + " and " + opposite + ".");
  }
  if (!negated && !Has(statement, name)) return std::optional<element>();
  return std::optional<element>(statement[negated ? opposite : name].value_unsafe());
}

Result<std::optional<StatementText::List>> ReadList(object statement, const std::string& name) {
  StatementText::List list;
  KM_TRY(const auto value, OneOf(statement, name, list.negated));
  if (!value) return std::optional<StatementText::List>();
  KM_TRY(list.values, ListOf(*value, name, TextOf));
  return std::optional<StatementText::List>(std::move(list));
}

Result<std::optional<StatementText::Principals>> ReadPrincipals(object statement) {
  StatementText::Principals principals;
  KM_TRY(const auto value, OneOf(statement, "Principal", principals.negated));
  if (!value) return std::optional<StatementText::Principals>();
  object types;
  if (value->get(types) != simdjson::SUCCESS) {
    KM_TRY(std::string text, TextOf(*value, "Principal"));
    if (text != "*") return Malformed("Invalid principal in policy: \"" + text + "\"");
    principals.values.push_back({"AWS", "*"});
    return std::optional<StatementText::Principals>(std::move(principals));
  }
  for (const auto member : types) {
    KM_TRY(auto values, ListOf(member.value, "Principal", TextOf));
    for (std::string& text : values)
      principals.values.push_back({std::string(member.key), std::move(text)});
    if (values.empty()) return Malformed("Missing required field Principal cannot be empty!");
  }
  return std::optional<StatementText::Principals>(std::move(principals));
}

Result<std::vector<Condition::Text>> ReadConditions(object statement) {
  std::vector<Condition::Text> conditions;
  if (!Has(statement, "Condition")) return conditions;
  object operators;
  if (statement["Condition"].get(operators) != simdjson::SUCCESS)
    return SyntaxError("Condition must be an object.");
  for (const auto op : operators) {
    object keys;
    if (op.value.get(keys) != simdjson::SUCCESS)
      return SyntaxError("a condition operator must have an object of keys.");
    if (!ConditionOperator::Parse(op.key))
      return Malformed("Invalid Condition type : " + std::string(op.key) + ".");
    for (const auto key : keys) {
      KM_TRY(auto values, ListOf(key.value, "a condition value", ScalarOf));
      conditions.push_back({std::string(op.key), std::string(key.key), std::move(values)});
    }
  }
  return conditions;
}

Result<StatementText> ReadStatement(element value) {
  object statement;
  if (value.get(statement) != simdjson::SUCCESS)
    return SyntaxError("a Statement must be an object.");
  KM_CHECK(CheckMembers(statement, kStatementMembers, "a Statement"));
  StatementText text;
  KM_TRY(const std::string effect, OptionalText(statement, "Effect"));
  if (effect != "Allow" && effect != "Deny")
    return SyntaxError("each Statement must have an Effect of Allow or Deny.");
  text.allows = effect == "Allow";
  KM_TRY(text.sid, OptionalText(statement, "Sid"));
  KM_TRY(text.principal, ReadPrincipals(statement));
  KM_TRY(text.action, ReadList(statement, "Action"));
  KM_TRY(text.resource, ReadList(statement, "Resource"));
  KM_TRY(text.conditions, ReadConditions(statement));
  return text;
}

Result<Variables> ReadVersion(object document) {
  if (!Has(document, "Version")) return Variables::kLiteral;
  KM_TRY(const std::string version, OptionalText(document, "Version"));
  if (version == "2012-10-17") return Variables::kExpand;
  if (version == "2008-10-17") return Variables::kLiteral;
  return SyntaxError("Version must be 2012-10-17 or 2008-10-17.");
}

Result<std::vector<StatementText>> ReadStatements(object document) {
  element value;
  if (document["Statement"].get(value) != simdjson::SUCCESS)
    return SyntaxError("there is no Statement.");
  std::vector<StatementText> texts;
  if (!value.is_array()) {
    KM_TRY(StatementText text, ReadStatement(value));
    texts.push_back(std::move(text));
    return texts;
  }
  for (const element item : array(value)) {
    KM_TRY(StatementText text, ReadStatement(item));
    texts.push_back(std::move(text));
  }
  return texts;
}

Result<std::vector<Statement>> CompileDocument(object document, PolicyKind kind) {
  KM_CHECK(CheckMembers(document, kDocumentMembers, "the policy"));
  KM_CHECK(OptionalText(document, "Id"));
  KM_TRY(const Variables variables, ReadVersion(document));
  KM_TRY(const auto texts, ReadStatements(document));
  std::vector<Statement> statements;
  std::set<std::string_view> sids;
  for (const StatementText& text : texts) {
    if (!text.sid.empty() && !sids.insert(text.sid).second)
      return Malformed("Statement IDs (SID) in a single policy must be unique.");
    KM_TRY(Statement statement, Statement::Compile(text, kind, variables, statements.size() + 1));
    statements.push_back(std::move(statement));
  }
  return statements;
}

}  // namespace

Result<std::vector<Statement>> ParseStatements(std::string_view text, PolicyKind kind) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS)
    return SyntaxError("it is not valid JSON.");
  object document;
  if (root.get(document) != simdjson::SUCCESS) return SyntaxError("it must be a JSON object.");
  KM_CHECK(CheckTree(root, 0));
  return CompileDocument(document, kind);
}

}  // namespace kmaas::policy
