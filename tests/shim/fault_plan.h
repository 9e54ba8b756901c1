// The plan of the shim, in the hands of a test.
#pragma once

#include <string>

#include "tests/shim/plan.h"

namespace kmaas::shim {

struct Order {
  Function function = Function::kEvery;
  Fault fault = Fault::kNone;
  std::uint64_t argument = 0;
  std::uint64_t first = 1;
  std::uint64_t last = kAlways;
};

// Makes the file of a plan and has it mapped as long as it lives; sets KMAAS_SHIM_PLAN and
// KMAAS_SHIM_MODULE of this process, which must not have loaded the shim before. For one thread,
// beside any number in the module. Ends the program when it cannot.
class FaultPlan {
 public:
  // Of a copy of the shim, for which the plan lies beside it: sets no variable.
  explicit FaultPlan(const std::string& path);
  FaultPlan(std::string path, const std::string& module);
  ~FaultPlan();
  FaultPlan(const FaultPlan&) = delete;
  FaultPlan& operator=(const FaultPlan&) = delete;

  void Begin(const Order& order);
  // Calls pass again. Answers how many were hit.
  std::uint64_t End();
  std::uint64_t seen() const { return plan_->seen; }
  std::uint64_t injected() const { return plan_->injected; }
  std::uint64_t hanging() const { return plan_->hanging; }
  std::uint64_t calls(Function function) const {
    return plan_->calls[static_cast<std::size_t>(function)];
  }

 private:
  Plan* plan_;
  std::uint32_t orders_ = 0;
};

const char* NameOf(Function function);

}  // namespace kmaas::shim
