// What SimulatePrincipalPolicy and SimulateCustomPolicy share: a question for each action and
// resource, decided by the same policy::Decide that real calls pass.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/call.h"
#include "kmaas/iam/v1/iam.pb.h"
#include "operations/iam_common/paging.h"
#include "policy/decision.h"

namespace kmaas::operations {

namespace iam = ::kmaas::iam::v1;

using ContextEntries = google::protobuf::RepeatedPtrField<iam::ContextEntry>;

// The context entries of the request, and what is known of the caller; remembers what was asked for
// in vain.
class SimulatedContext final : public policy::ConditionContext {
 public:
  // kInvalidInput for a key that AWS does not have, and for one that stands twice.
  static Result<SimulatedContext> Read(const ContextEntries& entries,
                                       const domain::Principal& caller);
  bool Values(const policy::ConditionKey& key,
              std::vector<std::string_view>& values) const override;

  void ForgetMissing() { missing_->clear(); }
  const std::set<std::string>& missing() const { return *missing_; }

 private:
  SimulatedContext() = default;
  std::map<std::string, std::vector<std::string>> values_;  // by name in lower case
  std::shared_ptr<std::set<std::string>> missing_ = std::make_shared<std::set<std::string>>();
};

// Own bound: each action and resource is a decision.
inline constexpr std::int64_t kQuestionsMax = 10'000;

struct Simulation {
  domain::Principal caller;
  policy::IdentitySide identity;
  std::shared_ptr<const policy::Policy> resource_policy;  // null: none
  std::string resource_account;
};

// Compiles documents as policies called "PolicyInputList.1" and so on.
Result<void> AddInput(const google::protobuf::RepeatedPtrField<std::string>& documents,
                      const std::string& list, std::vector<policy::NamedPolicy>& policies);

// The policies, the resource policy, its owner and the caller that a request brings with it.
template <class Request>
Result<void> ReadInput(const Request& request, Simulation& simulation);

// One result, put into `result`.
void Simulate(const Simulation& simulation, SimulatedContext& context, const std::string& action,
              const std::string& resource, iam::EvaluationResult& result);

// The caller that an ARN of a user names; kInvalidInput for other ARNs.
Result<domain::Principal> SimulatedCaller(const std::string& arn);
// The account in an ARN of a root or user; kInvalidInput for other texts.
Result<std::string> AccountOfOwner(const std::string& owner);

template <class Request>
Result<void> ReadInput(const Request& request, Simulation& simulation) {
  KM_CHECK(AddInput(request.policy_input_list(), "PolicyInputList", simulation.identity.policies));
  std::vector<policy::NamedPolicy> boundaries;
  KM_CHECK(AddInput(request.permissions_boundary_policy_input_list(),
                    "PermissionsBoundaryPolicyInputList", boundaries));
  if (boundaries.size() > 1)
    return Error{ErrorCode::kInvalidInput, "Only one permissions boundary can be simulated."};
  if (!boundaries.empty()) simulation.identity.boundary = std::move(boundaries.front());
  if (request.has_caller_arn()) {
    KM_TRY(simulation.caller, SimulatedCaller(request.caller_arn()));
  }
  simulation.resource_account = simulation.caller.account;
  if (request.has_resource_owner()) {
    KM_TRY(simulation.resource_account, AccountOfOwner(request.resource_owner()));
  }
  if (request.has_resource_policy()) {
    KM_TRY(simulation.resource_policy,
           policy::Policy::Compile(request.resource_policy(), policy::PolicyKind::kKey));
  }
  return {};
}

template <class Reply, class Request>
Result<Reply> RunSimulation(const Simulation& simulation, const Request& request,
                            const core::Call& call) {
  KM_TRY(SimulatedContext context,
         SimulatedContext::Read(request.context_entries(), simulation.caller));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  std::vector<std::string> resources(request.resource_arns().begin(),
                                     request.resource_arns().end());
  if (resources.empty()) resources.emplace_back("*");
  if (request.action_names().size() * static_cast<std::int64_t>(resources.size()) > kQuestionsMax)
    return Error{ErrorCode::kInvalidInput, "Too many actions and resources at once."};
  std::vector<std::pair<std::string, std::string>> questions;
  for (const std::string& action : request.action_names()) {
    for (const std::string& resource : resources) questions.emplace_back(action, resource);
  }
  Reply reply;
  bool in_time = true;
  ListItems(
      questions, paging,
      [](const auto& question) { return question.first + " " + question.second; },
      [&](const auto& question) {
        in_time = in_time && call.services().clock.SteadyNow() < call.deadline().at;
        if (!in_time) return;
        Simulate(simulation, context, question.first, question.second,
                 *reply.add_evaluation_results());
      },
      call, reply);
  if (!in_time)
    return Error{ErrorCode::kInvalidInput, "The simulation takes too long. Ask for less at once."};
  return reply;
}

}  // namespace kmaas::operations
