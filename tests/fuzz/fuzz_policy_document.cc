// Policies: any text is compiled or refused, and refused with the one error; what compiles answers
// every question, the same each time. Read as values of conditions, too, since few mutations of a
// policy are one.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "policy/condition.h"
#include "policy/decision.h"
#include "policy/statement.h"
#include "policy/written_principals.h"

namespace {

using kmaas::policy::ConditionContext;
using kmaas::policy::ConditionKey;
using kmaas::policy::Policy;
using kmaas::policy::PolicyKind;

constexpr char kKeyArn[] = "arn:aws:kms:eu:111122223333:key/12345678-1234-4234-8234-123456789012";

// Answers each key in its own way: absent, empty, with one value or with several.
class AnyContext final : public ConditionContext {
 public:
  explicit AnyContext(std::size_t turn) : turn_(turn) {}
  bool Values(const ConditionKey& key, std::vector<std::string_view>& values) const override {
    const std::size_t way = (turn_ + key.text.size()) % 5;
    if (way == 0) return false;
    if (way >= 2) values.push_back(way % 2 == 0 ? std::string_view(long_) : kKeyArn);
    if (way >= 3) values.push_back("203.0.113.7");
    if (way >= 4) values.push_back("2030-01-01T00:00:00Z");
    return true;
  }

 private:
  std::size_t turn_;
  std::string long_ = std::string(1000, 'a') + "*\xff";
};

kmaas::domain::Principal Caller() {
  kmaas::domain::Principal caller;
  caller.account = "111122223333";
  caller.arn = "arn:aws:iam::111122223333:user/anna";
  return caller;
}

bool Asked(const Policy& policy, std::size_t turn) {
  const AnyContext context(turn);
  const auto caller = Caller();
  kmaas::policy::IdentitySide side;
  const kmaas::policy::Question question{.principal = caller,
                                         .action = "kms:Decrypt",
                                         .resource = kKeyArn,
                                         .resource_account = caller.account,
                                         .context = context,
                                         .identity = side,
                                         .resource_policy = &policy};
  const auto decision = kmaas::policy::Decide(question);
  if (decision.Describe().empty()) std::abort();
  return decision.allowed();
}

// What compiles keeps its text when its principals keep their names, and compiles under others.
void Rename(std::string_view text, PolicyKind kind) {
  using Written = kmaas::policy::PrincipalElement::Text;
  const auto same = kmaas::policy::RenamePrincipals(
      text,
      [](const Written& one) -> kmaas::Result<std::string> { return std::string(one.value); });
  if (!same || *same != text) std::abort();
  const auto renamed =
      kmaas::policy::RenamePrincipals(text, [](const Written& one) -> kmaas::Result<std::string> {
        return one.type == "AWS" ? std::string("AIDAEXAMPLE") : one.value;
      });
  if (!renamed || !Policy::Compile(*renamed, kind)) std::abort();
}

void Try(std::string_view text, PolicyKind kind) {
  const auto policy = Policy::Compile(text, kind);
  if (!policy) {
    if (policy.error().code != kmaas::ErrorCode::kMalformedPolicyDocument) std::abort();
    return;
  }
  Rename(text, kind);
  for (std::size_t turn = 0; turn < 5; ++turn) {
    if (Asked(**policy, turn) != Asked(**policy, turn)) std::abort();
  }
}

// A text that a policy asks for and one that a request brings, under every operator.
void TryAsValues(std::string_view wanted, std::string_view given) {
  class Given final : public ConditionContext {
   public:
    explicit Given(std::string_view value) : value_(value) {}
    bool Values(const ConditionKey&, std::vector<std::string_view>& values) const override {
      values.push_back(value_);
      return true;
    }

   private:
    std::string_view value_;
  };
  for (const char* op : {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "NumericLessThan",
                         "DateEquals", "Bool", "BinaryEquals", "IpAddress", "ArnLike", "Null"}) {
    const auto condition = kmaas::policy::Condition::Compile(
        {op, "issuer.example:claim", {std::string(wanted)}}, kmaas::policy::Variables::kExpand);
    if (condition && condition->Holds(Given(given)) != condition->Holds(Given(given))) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const PolicyKind kind : {PolicyKind::kKey, PolicyKind::kIdentity, PolicyKind::kTrust})
    Try(text, kind);
  const std::size_t half = text.find('\n');
  TryAsValues(text.substr(0, half), half == std::string_view::npos ? text : text.substr(half + 1));
  return 0;
}
