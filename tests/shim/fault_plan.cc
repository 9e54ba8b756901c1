// Writing plans.
#include "tests/shim/fault_plan.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace kmaas::shim {
namespace {

constexpr std::array kNames = {
#define X(name) #name,
#include "tests/shim/functions.inc"
#undef X
};

Plan* Map(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  void* mapped = MAP_FAILED;
  if (file >= 0 && ftruncate(file, sizeof(Plan)) == 0)
    mapped = mmap(nullptr, sizeof(Plan), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) {
    std::perror(path.c_str());
    std::exit(1);
  }
  close(file);
  return static_cast<Plan*>(mapped);
}

}  // namespace

const char* NameOf(Function function) {
  return function == Function::kEvery ? "every function"
                                      : kNames[static_cast<std::size_t>(function)];
}

FaultPlan::FaultPlan(const std::string& path) : plan_(Map(path)) {}

FaultPlan::FaultPlan(std::string path, const std::string& module) : FaultPlan(path) {
  setenv("KMAAS_SHIM_PLAN", path.c_str(), 1);
  setenv("KMAAS_SHIM_MODULE", module.c_str(), 1);
}

FaultPlan::~FaultPlan() {
  (void)End();
  munmap(plan_, sizeof(Plan));
}

void FaultPlan::Begin(const Order& order) {
  (void)End();
  plan_->function = static_cast<std::uint32_t>(order.function);
  plan_->fault = static_cast<std::uint32_t>(order.fault);
  plan_->argument = order.argument;
  plan_->first = order.first;
  plan_->last = order.last;
  plan_->seen = 0;
  plan_->injected = 0;
  plan_->armed.store(++orders_, std::memory_order_release);
}

std::uint64_t FaultPlan::End() {
  plan_->armed.store(0, std::memory_order_release);
  return plan_->injected;
}

}  // namespace kmaas::shim
