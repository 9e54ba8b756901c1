// Policies: any text is compiled or refused, and refused with the one error; what compiles answers
// every question, the same each time.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "policy/decision.h"
#include "policy/statement.h"

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

void Try(std::string_view text, PolicyKind kind) {
  const auto policy = Policy::Compile(text, kind);
  if (!policy) {
    if (policy.error().code != kmaas::ErrorCode::kMalformedPolicyDocument) std::abort();
    return;
  }
  for (std::size_t turn = 0; turn < 5; ++turn) {
    if (Asked(**policy, turn) != Asked(**policy, turn)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const PolicyKind kind : {PolicyKind::kKey, PolicyKind::kIdentity, PolicyKind::kTrust})
    Try(text, kind);
  return 0;
}
