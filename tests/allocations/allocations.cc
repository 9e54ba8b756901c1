#include "tests/allocations/allocations.h"

#include <cstdlib>
#include <limits>
#include <new>

namespace kmaas::fakes {
namespace {

constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

thread_local std::uint64_t allocations = 0;
thread_local std::uint64_t failing = kNever;  // the one that fails, counted as they are
thread_local bool failed = false;

}  // namespace

std::uint64_t AllocationsOfThisThread() { return allocations; }

FailingAllocation::FailingAllocation(std::uint64_t nth) {
  failed = false;
  failing = allocations + nth;
}

FailingAllocation::~FailingAllocation() { failing = kNever; }

bool FailingAllocation::has_failed() const { return failed; }

void* Allocate(std::size_t size) {
  if (allocations++ == failing) {
    failed = true;
    return nullptr;
  }
  return std::malloc(size == 0 ? 1 : size);
}

}  // namespace kmaas::fakes

void* operator new(std::size_t size) {
  if (void* memory = kmaas::fakes::Allocate(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
