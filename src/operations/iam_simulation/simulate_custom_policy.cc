// SimulateCustomPolicy: what policies would allow that need not be anybody's yet.
#include "operations/iam_handlers.h"
#include "operations/iam_simulation/simulation.h"

namespace kmaas::operations {

Result<iam::SimulateCustomPolicyResponse> SimulateCustomPolicy(
    const iam::SimulateCustomPolicyRequest& request, AccountCall& call) {
  if (request.has_resource_policy() && !request.has_caller_arn()) {
    return Error{ErrorCode::kInvalidInput, "CallerArn is required when a ResourcePolicy is given."};
  }
  Simulation simulation;
  simulation.caller.account = call.principal().account;
  KM_CHECK(ReadInput(request, simulation));
  return RunSimulation<iam::SimulateCustomPolicyResponse>(simulation, request, call);
}

}  // namespace kmaas::operations
