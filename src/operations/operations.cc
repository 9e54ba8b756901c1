#include "operations/operations.h"

#include <memory>
#include <utility>

#include "operations/handlers.h"
#include "operations/iam_handlers.h"
#include "operations/iam_simulation/simulation_turns.h"
#include "operations/lifecycle_handlers.h"
#include "operations/sts_handlers.h"

namespace kmaas::operations {
namespace {

// Whoever has the registry serves with it, so its turns are that service's.
void TakeTurns(std::vector<core::Binding>& bindings) {
  const auto turns = std::make_shared<SimulationTurns>();
  for (core::Binding& one : bindings) {
    if (one.request != iam::SimulateCustomPolicyRequest::descriptor() &&
        one.request != iam::SimulatePrincipalPolicyRequest::descriptor())
      continue;
    one.handler = [turns, simulate = std::move(one.handler)](
                      const google::protobuf::Message& request,
                      core::Call& call) -> Result<std::unique_ptr<google::protobuf::Message>> {
      KM_TRY(const SimulationTurns::Turn turn, turns->Take());
      return simulate(request, call);
    };
  }
}

}  // namespace

std::vector<core::Binding> All() {
  return {
#define KM_OPERATION(Name, CallType) core::Bind(&(Name)),
#include "operations/iam_list.inc"
#include "operations/list.inc"
#include "operations/sts_list.inc"
#undef KM_OPERATION
  };
}

Result<core::Registry> MakeRegistry() {
  const google::protobuf::ServiceDescriptor* services[] = {
      kms::EncryptRequest::descriptor()->file()->service(0),
      iam::GetUserRequest::descriptor()->file()->service(0),
      sts::AssumeRoleRequest::descriptor()->file()->service(0),
  };
  std::vector<core::Binding> bindings = All();
  TakeTurns(bindings);
  return core::Registry::Create(services, std::move(bindings));
}

Result<core::Registry> MakeLifecycleRegistry() {
  const google::protobuf::ServiceDescriptor* services[] = {
      lifecycle::RotateKeyRequest::descriptor()->file()->service(0)};
  return core::Registry::Create(services, {
#define KM_OPERATION(Name, CallType) core::Bind(&(Name)),
#include "operations/lifecycle_list.inc"
#undef KM_OPERATION
                                          });
}

}  // namespace kmaas::operations
