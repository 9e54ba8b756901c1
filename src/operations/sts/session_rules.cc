#include "operations/sts/session_rules.h"

#include "base/json_text.h"
#include "core/role_trust.h"
#include "policy/aws_managed_policies.h"
#include "policy/policy.h"
#include "records/find_by_arn.h"

namespace kmaas::operations {
namespace {

constexpr std::chrono::seconds kDefaultSpan{3600};
constexpr std::chrono::seconds kChainedSpanMax{3600};
// Session policies of 2048 characters and a usual number of tags; a token stays below 8 KB.
constexpr std::size_t kPackedBytesMax = 4096;
constexpr std::size_t kPackedItemBytes = 4;

Error Invalid(std::string message) { return {ErrorCode::kValidation, std::move(message)}; }

Result<void> CheckManagedPolicy(const std::string& arn, const std::string& account,
                                records::Catalog& catalog) {
  if (policy::FindAwsManagedPolicy(arn) != nullptr) return {};
  KM_TRY(const auto row, records::FindByArn<records::ManagedPolicy>(catalog, arn));
  if (row != nullptr && row->account == account) return {};
  return Invalid("The managed policy " + arn + " does not exist in the account of the role.");
}

std::string IssuedElements(const ports::IssuedSession& issued, const ports::NewSession& session) {
  std::string json = R"({"credentials":{"accessKeyId":)";
  AppendJsonString(json, issued.access_key_id);
  json += R"(,"expiration":)";
  AppendJsonString(json, FormatIso8601(session.principal.session->expires));
  json += R"(},"arn":)";
  AppendJsonString(json, session.principal.arn);
  json.push_back('}');
  return json;
}

}  // namespace

Error MayNotAssume(const domain::Principal& caller, std::string_view action,
                   std::string_view role_arn) {
  const bool federated = caller.arn.empty();
  return {ErrorCode::kAccessDenied,
          federated ? "Not authorized to perform " + std::string(action)
                    : "User: " + caller.arn + " is not authorized to perform: " +
                          std::string(action) + " on resource: " + std::string(role_arn)};
}

Result<void> AskTrust(const TrustQuestion& trust, std::string_view action, core::Call& call) {
  KM_TRY(const auto compiled, core::TrustPolicyOf(trust.role));
  const std::string arn = trust.role.arn();
  const core::AccessQuestion& asked = call.question();
  Result<void> decided = call.Decide({.principal = trust.who,
                                      .action = action,
                                      .resource = arn,
                                      .envelope = asked.envelope,
                                      .operation = asked.operation,
                                      .request = asked.request,
                                      .instead = compiled.get(),
                                      .more = &trust.more});
  if (decided || decided.error().code != ErrorCode::kAccessDenied) return decided;
  return MayNotAssume(trust.who, action, arn);
}

Result<std::chrono::seconds> SpanOf(int wanted_seconds, const records::Role& role, bool chained) {
  if (wanted_seconds == 0) return kDefaultSpan;
  const std::chrono::seconds wanted(wanted_seconds);
  if (chained && wanted > kChainedSpanMax) {
    return Invalid(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
        "chaining.");
  }
  if (wanted > std::chrono::seconds(role.session_seconds_max)) {
    return Invalid(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  return wanted;
}

Result<void> SetSessionPolicies(
    const std::string& document,
    const google::protobuf::RepeatedPtrField<sts::PolicyDescriptor>& arns,
    const std::string& account, core::Call& call, domain::Session& session) {
  if (!document.empty()) KM_CHECK(policy::Policy::Compile(document, policy::PolicyKind::kIdentity));
  session.policy = document;
  for (const sts::PolicyDescriptor& one : arns) {
    KM_CHECK(CheckManagedPolicy(one.arn(), account, call.services().catalog));
    session.policy_arns.push_back(one.arn());
  }
  return {};
}

Result<int> PackedPolicySize(const domain::Session& session) {
  std::size_t bytes = session.policy.size();
  for (const std::string& arn : session.policy_arns) bytes += arn.size() + kPackedItemBytes;
  for (const auto& [key, value] : session.tags)
    bytes += key.size() + value.size() + kPackedItemBytes;
  for (const std::string& key : session.transitive_tag_keys) bytes += key.size() + kPackedItemBytes;
  const auto percent = static_cast<int>((bytes * 100 + kPackedBytesMax - 1) / kPackedBytesMax);
  if (percent <= 100) return percent;
  return Error{ErrorCode::kPackedPolicyTooLarge,
               "The packed size of session policies and tags is " + std::to_string(percent) +
                   "% of the allowed size."};
}

Result<void> Issue(const ports::NewSession& session, core::Call& call,
                   sts::Credentials& credentials) {
  if (call.services().sessions == nullptr)
    return Error{ErrorCode::kUnsupportedOperation, "This server issues no temporary credentials."};
  KM_TRY(const ports::IssuedSession issued, call.services().sessions->Issue(session));
  credentials.set_access_key_id(issued.access_key_id);
  credentials.set_secret_access_key(ToString(issued.secret.view()));
  credentials.set_session_token(issued.token);
  credentials.set_expiration(ToEpochSeconds(session.principal.session->expires));
  call.SetResponseElements(IssuedElements(issued, session));
  return {};
}

void Describe(const domain::Principal& role, sts::AssumedRoleUser& user) {
  user.set_assumed_role_id(role.user_id);
  user.set_arn(role.arn);
}

}  // namespace kmaas::operations
