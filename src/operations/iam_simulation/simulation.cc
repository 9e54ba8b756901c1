#include "operations/iam_simulation/simulation.h"

#include <algorithm>

#include "domain/entity_arn.h"
#include "domain/ids.h"
#include "policy/statement.h"

namespace kmaas::operations {
namespace {

constexpr char kSourceType[] = "IAM Policy";

Error Invalid(std::string message) { return {ErrorCode::kInvalidInput, std::move(message)}; }

std::string_view DecisionText(policy::Outcome outcome) {
  if (outcome == policy::Outcome::kAllowed) return "allowed";
  return outcome == policy::Outcome::kExplicitDeny ? "explicitDeny" : "implicitDeny";
}

// The statements that say what the outcome is.
void AddMatched(const std::vector<policy::TraceLine>& trace, bool allowed,
                iam::EvaluationResult& result) {
  for (const policy::TraceLine& line : trace) {
    if ((allowed ? line.finding.allow : line.finding.deny) == nullptr) continue;
    iam::Statement& matched = *result.add_matched_statements();
    matched.set_source_policy_id(line.policy_name);
    matched.set_source_policy_type(kSourceType);
  }
}

}  // namespace

Result<SimulatedContext> SimulatedContext::Read(const ContextEntries& entries,
                                                const domain::Principal& caller) {
  SimulatedContext context;
  for (const iam::ContextEntry& entry : entries) {
    const auto key = policy::ConditionKey::Parse(entry.context_key_name());
    if (!key) return Invalid("Invalid context key name: " + entry.context_key_name());
    std::vector<std::string> values(entry.context_key_values().begin(),
                                    entry.context_key_values().end());
    if (!context.values_.emplace(key->text, std::move(values)).second)
      return Invalid("The context key " + entry.context_key_name() + " stands twice.");
  }
  const auto offer = [&context](const char* name, const std::string& value) {
    if (!value.empty()) context.values_.try_emplace(name, std::vector<std::string>{value});
  };
  offer("aws:username", caller.user_name);
  offer("aws:userid", caller.user_id);
  offer("aws:principalarn", caller.arn);
  offer("aws:principalaccount", caller.account);
  return context;
}

bool SimulatedContext::Values(const policy::ConditionKey& key,
                              std::vector<std::string_view>& values) const {
  const auto found = values_.find(key.text);
  if (found == values_.end()) {
    missing_->insert(key.text);
    return false;
  }
  values.insert(values.end(), found->second.begin(), found->second.end());
  return true;
}

Result<void> AddInput(const google::protobuf::RepeatedPtrField<std::string>& documents,
                      const std::string& list, std::vector<policy::NamedPolicy>& policies) {
  for (int i = 0; i < documents.size(); ++i) {
    auto compiled = policy::Policy::Compile(documents[i], policy::PolicyKind::kIdentity);
    const std::string name = list + "." + std::to_string(i + 1);
    if (!compiled) return Invalid("Invalid policy " + name + ": " + compiled.error().message);
    policies.push_back({name, *std::move(compiled)});
  }
  return {};
}

void Simulate(const Simulation& simulation, SimulatedContext& context, const std::string& action,
              const std::string& resource, iam::EvaluationResult& result) {
  context.ForgetMissing();
  std::vector<policy::TraceLine> trace;
  const policy::Decision decision =
      policy::Decide({.principal = simulation.caller,
                      .action = action,
                      .resource = resource,
                      .resource_account = simulation.resource_account,
                      .context = context,
                      .identity = simulation.identity,
                      .resource_policy = simulation.resource_policy.get()},
                     &trace);
  result.set_eval_action_name(action);
  result.set_eval_resource_name(resource);
  result.set_eval_decision(std::string(DecisionText(decision.outcome)));
  if (decision.allowed() || decision.outcome == policy::Outcome::kExplicitDeny)
    AddMatched(trace, decision.allowed(), result);
  for (const std::string& key : context.missing()) result.add_missing_context_values(key);
  if (simulation.identity.boundary) {
    const bool by_boundary = decision.outcome != policy::Outcome::kNoBoundaryAllow &&
                             decision.decider != policy::Decider::kBoundary;
    result.mutable_permissions_boundary_decision_detail()->set_allowed_by_permissions_boundary(
        by_boundary);
  }
}

Result<domain::Principal> SimulatedCaller(const std::string& arn) {
  const auto parsed = domain::Arn::Parse(arn);
  constexpr std::string_view kUser = "user/";
  if (!parsed || parsed->service != "iam" || !domain::IsAccountId(parsed->account) ||
      !parsed->resource.starts_with(kUser)) {
    return Invalid("The ARN of a simulated caller must be that of an IAM user: " + arn);
  }
  domain::Principal caller;
  caller.account = parsed->account;
  caller.arn = arn;
  caller.user_name = domain::NameInArn(arn);
  return caller;
}

Result<std::string> AccountOfOwner(const std::string& owner) {
  const auto parsed = domain::Arn::Parse(owner);
  if (parsed && parsed->service == "iam" && domain::IsAccountId(parsed->account))
    return parsed->account;
  return Invalid("The owner of a resource must be the ARN of an account: " + owner);
}

}  // namespace kmaas::operations
