// SimulatePrincipalPolicy: what a user, group or role may do, with further policies or without.
#include "operations/iam_handlers.h"
#include "operations/iam_simulation/entity_side.h"

namespace kmaas::operations {

Result<iam::SimulatePrincipalPolicyResponse> SimulatePrincipalPolicy(
    const iam::SimulatePrincipalPolicyRequest& request, AccountCall& call) {
  Simulation simulation;
  KM_CHECK(LoadEntity(call, request.policy_source_arn(), simulation));
  KM_CHECK(ReadInput(request, simulation));
  return RunSimulation<iam::SimulatePrincipalPolicyResponse>(simulation, request, call);
}

}  // namespace kmaas::operations
