// What a decision costs with policies that are compiled: a usual key, and the largest policies.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "policy/decision.h"
#include "policy/statement.h"

namespace {

using namespace kmaas::policy;  // NOLINT(google-build-using-namespace): only this file's subject
using kmaas::domain::Principal;

constexpr char kAccount[] = "111122223333";
constexpr char kKeyArn[] =
    "arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-4234-8234-123456789012";

class UsualContext final : public ConditionContext {
 public:
  bool Values(const ConditionKey& key, std::vector<std::string_view>& values) const override {
    switch (key.known) {
      case KnownKey::kSecureTransport:
        values.emplace_back("true");
        return true;
      case KnownKey::kPrincipalTag:
        values.emplace_back("payments");
        return true;
      case KnownKey::kSourceIp:
        values.emplace_back("203.0.113.7");
        return true;
      case KnownKey::kEncryptionContext:
        values.emplace_back("orders");
        return true;
      default:
        return false;
    }
  }
};

std::shared_ptr<const Policy> Compiled(const std::string& text, PolicyKind kind) {
  auto policy = Policy::Compile(text, kind);
  if (!policy) std::abort();
  return *policy;
}

// Default, administrators, users, and who may make grants.
std::string UsualKeyPolicy() {
  return R"({"Version":"2012-10-17","Statement":[
{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},
{"Sid":"administrators","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:role/keys","arn:aws:iam::111122223333:user/ada"]},
 "Action":["kms:Create*","kms:Describe*","kms:Enable*","kms:List*","kms:Put*","kms:Update*","kms:Revoke*","kms:Disable*","kms:Get*","kms:Delete*",
 "kms:TagResource","kms:UntagResource","kms:ScheduleKeyDeletion","kms:CancelKeyDeletion"],"Resource":"*",
 "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}},
{"Sid":"users","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:role/pay","arn:aws:iam::111122223333:role/ship"]},
 "Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey"],"Resource":"*",
 "Condition":{"StringEquals":{"kms:EncryptionContext:app":["orders","bills"],"aws:PrincipalTag/team":"payments"},"Bool":{"aws:SecureTransport":"true"}}},
{"Sid":"grants","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:role/pay"]},"Action":["kms:CreateGrant","kms:ListGrants","kms:RevokeGrant"],
 "Resource":"*","Condition":{"Bool":{"kms:GrantIsForAWSResource":true}}}]})";
}

// `count` statements, of which the last one allows.
std::string LargePolicy(int count, const std::string& principal) {
  std::string text = R"({"Version":"2012-10-17","Statement":[)";
  for (int i = 0; i < count; ++i) {
    text +=
        (i > 0 ? "," : "") + std::string(R"({"Effect":"Allow",)") + principal +
        R"("Action":["kms:Encrypt","kms:Decrypt","kms:GenerateDataKey*"],"Resource":"*","Condition":{"StringLike":{"aws:PrincipalTag/team":["team-)" +
        std::to_string(i) + R"(-*",")" + (i + 1 == count ? "pay*" : "none*") +
        R"("]},"IpAddress":{"aws:SourceIp":["203.0.113.0/24","198.51.100.0/24"]}}})";
  }
  return text + "]}";
}

Principal PaySession() {
  auto session = std::make_shared<kmaas::domain::Session>();
  session->role_arn = "arn:aws:iam::111122223333:role/pay";
  Principal caller;
  caller.type = kmaas::domain::PrincipalType::kAssumedRole;
  caller.account = kAccount;
  caller.arn = "arn:aws:sts::111122223333:assumed-role/pay/worker-7";
  caller.session = std::move(session);
  return caller;
}

void Run(benchmark::State& state, const Policy& key_policy, const IdentitySide& side,
         std::span<const std::shared_ptr<const kmaas::domain::Grant>> grants = {}) {
  const UsualContext context;
  const Principal caller = PaySession();
  const Question question{.principal = caller,
                          .action = "kms:Decrypt",
                          .resource = kKeyArn,
                          .resource_account = kAccount,
                          .context = context,
                          .identity = side,
                          .resource_policy = &key_policy,
                          .grants = grants};
  if (!Decide(question).allowed()) state.SkipWithError("refused");
  for (auto _ : state) benchmark::DoNotOptimize(Decide(question));
}

IdentitySide UsualSide() {
  IdentitySide side;
  const std::string text =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"arn:aws:kms:*:111122223333:key/*"},
{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]})";
  side.policies.push_back({"pay", Compiled(text, PolicyKind::kIdentity)});
  side.session.push_back({"session", Compiled(text, PolicyKind::kIdentity)});
  return side;
}

void BM_UsualKeyPolicyAndSession(benchmark::State& state) {
  Run(state, *Compiled(UsualKeyPolicy(), PolicyKind::kKey), UsualSide());
}
BENCHMARK(BM_UsualKeyPolicyAndSession);

void BM_UsualKeyPolicyAlone(benchmark::State& state) {
  Run(state, *Compiled(UsualKeyPolicy(), PolicyKind::kKey), {});
}
BENCHMARK(BM_UsualKeyPolicyAlone);

void BM_KeyPolicyOf32KiBOfStatements(benchmark::State& state) {
  const std::string text =
      LargePolicy(120, R"("Principal":{"AWS":"arn:aws:iam::111122223333:role/pay"},)");
  state.counters["bytes"] = static_cast<double>(text.size());
  Run(state, *Compiled(text, PolicyKind::kKey), {});
}
BENCHMARK(BM_KeyPolicyOf32KiBOfStatements);

void BM_KeyPolicyOf32KiBOfPrincipals(benchmark::State& state) {
  std::string text =
      R"({"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*","Principal":{"AWS":[)";
  for (int i = 0; i < 750; ++i)
    text += R"("arn:aws:iam::111122223333:role/r)" + std::to_string(i) + R"(",)";
  text += R"("arn:aws:iam::111122223333:role/pay"]}}})";
  state.counters["bytes"] = static_cast<double>(text.size());
  Run(state, *Compiled(text, PolicyKind::kKey), {});
}
BENCHMARK(BM_KeyPolicyOf32KiBOfPrincipals);

void BM_KeyPolicyOf32KiBOfActions(benchmark::State& state) {
  std::string text = R"({"Statement":{"Effect":"Allow","Principal":"*","Resource":"*","Action":[)";
  for (int i = 0; i < 1600; ++i) text += R"("kms:?ecry)" + std::to_string(i) + R"(*",)";
  text += R"("kms:Decrypt"]}})";
  state.counters["bytes"] = static_cast<double>(text.size());
  Run(state, *Compiled(text, PolicyKind::kKey), {});
}
BENCHMARK(BM_KeyPolicyOf32KiBOfActions);

void BM_CompileAKeyPolicyOf32KiB(benchmark::State& state) {
  const std::string text =
      LargePolicy(120, R"("Principal":{"AWS":"arn:aws:iam::111122223333:role/pay"},)");
  for (auto _ : state) benchmark::DoNotOptimize(Policy::Compile(text, PolicyKind::kKey));
}
BENCHMARK(BM_CompileAKeyPolicyOf32KiB);

void BM_Grant(benchmark::State& state) {
  auto grant = std::make_shared<kmaas::domain::Grant>();
  grant->grantee = "arn:aws:iam::111122223333:role/pay";
  grant->operations = {"Decrypt", "Encrypt"};
  const std::array<std::shared_ptr<const kmaas::domain::Grant>, 1> grants = {grant};
  Run(state, *Compiled(R"({"Statement":[]})", PolicyKind::kKey), {}, grants);
}
BENCHMARK(BM_Grant);

}  // namespace

BENCHMARK_MAIN();
