// What a thread allocates by operator new: counted, and failed at a place to order. A program that
// wants it compiles allocations.cc, which replaces the operator for all of it.
#pragma once

#include <cstdint>

namespace kmaas::fakes {

// So many since the thread began.
std::uint64_t AllocationsOfThisThread();

// While it lives, one allocation of this thread throws std::bad_alloc: the first one for 0.
class FailingAllocation {
 public:
  explicit FailingAllocation(std::uint64_t nth);
  ~FailingAllocation();
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;

  bool has_failed() const;  // false: fewer were asked for
};

}  // namespace kmaas::fakes
