#include "operations/iam_simulation/simulation_turns.h"

namespace kmaas::operations {

Result<SimulationTurns::Turn> SimulationTurns::Take() {
  int running = running_.load();
  do {
    if (running >= kAtATime) return Error{ErrorCode::kThrottling, "Rate exceeded"};
  } while (!running_.compare_exchange_weak(running, running + 1));
  return Turn(running_);
}

}  // namespace kmaas::operations
