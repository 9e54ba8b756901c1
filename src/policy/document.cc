#include "policy/document.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <set>

namespace kmaas::policy {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

constexpr int kDepthMax = 16;
constexpr std::array<std::string_view, 3> kDocumentMembers = {"Version", "Id", "Statement"};
constexpr std::array<std::string_view, 9> kStatementMembers = {
    "Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
    "NotAction", "Resource", "NotResource", "Condition"};

Error Malformed(const std::string& why) { return {ErrorCode::kMalformedPolicyDocument, why}; }

// Two members of one name let two readers see two policies.
Result<void> CheckNoDuplicates(element value, int depth) {
  if (depth > kDepthMax) return Malformed("The policy is nested too deeply.");
  if (value.is_object()) {
    std::set<std::string_view> names;
    for (const auto member : object(value)) {
      if (!names.insert(member.key).second)
        return Malformed("The member " + std::string(member.key) + " stands twice in one object.");
      KM_CHECK(CheckNoDuplicates(member.value, depth + 1));
    }
  } else if (value.is_array()) {
    for (const element item : simdjson::dom::array(value))
      KM_CHECK(CheckNoDuplicates(item, depth + 1));
  }
  return {};
}

template <std::size_t N>
Result<void> CheckMembers(object value, const std::array<std::string_view, N>& allowed,
                          const std::string& where) {
  for (const auto member : value) {
    if (std::find(allowed.begin(), allowed.end(), member.key) == allowed.end()) {
      return Malformed("Syntax errors in policy: " + where + " has no member " +
                       std::string(member.key) + ".");
    }
  }
  return {};
}

bool Has(object value, std::string_view name) { return value[name].error() == simdjson::SUCCESS; }

std::string_view TextOf(object value, std::string_view name) {
  std::string_view text;
  return value[name].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

Result<void> CheckStatement(element value) {
  object statement;
  if (value.get(statement) != simdjson::SUCCESS)
    return Malformed("Syntax errors in policy: a Statement must be an object.");
  KM_CHECK(CheckMembers(statement, kStatementMembers, "a Statement"));
  const std::string_view effect = TextOf(statement, "Effect");
  if (effect != "Allow" && effect != "Deny")
    return Malformed("Policy document must have an Effect of Allow or Deny in each Statement.");
  if (Has(statement, "Principal") == Has(statement, "NotPrincipal"))
    return Malformed(
        "Policy document must have exactly one of Principal and NotPrincipal in each Statement.");
  if (Has(statement, "Action") && Has(statement, "NotAction"))
    return Malformed("A Statement cannot have both Action and NotAction.");
  if (Has(statement, "Resource") && Has(statement, "NotResource"))
    return Malformed("A Statement cannot have both Resource and NotResource.");
  return {};
}

Result<void> CheckPolicy(element root) {
  object document;
  if (root.get(document) != simdjson::SUCCESS)
    return Malformed("Policy document must be a JSON object.");
  KM_CHECK(CheckNoDuplicates(root, 0));
  KM_CHECK(CheckMembers(document, kDocumentMembers, "the policy"));
  const std::string_view version = TextOf(document, "Version");
  if (Has(document, "Version") && version != "2012-10-17" && version != "2008-10-17")
    return Malformed("The policy's Version must be 2012-10-17 or 2008-10-17.");
  element statements;
  if (document["Statement"].get(statements) != simdjson::SUCCESS)
    return Malformed("Policy document must have a Statement.");
  if (!statements.is_array()) return CheckStatement(statements);
  for (const element statement : simdjson::dom::array(statements))
    KM_CHECK(CheckStatement(statement));
  return {};
}

}  // namespace

Result<void> CheckDocument(std::string_view text) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS)
    return Malformed("Policy document is not valid JSON.");
  return CheckPolicy(root);
}

std::string DefaultKeyPolicy(std::string_view account) {
  return R"({
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::)" +
         std::string(account) + R"(:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
})";
}

}  // namespace kmaas::policy
