// A store that fails when told to: the n-th call, inside a change or outside, or the commit.
#pragma once

#include <atomic>

#include "ports/store.h"

namespace kmaas::fakes {

// Decorates another store, which it borrows. Counts every call that reaches a port function: Get,
// List and Count of the store and of a transaction, Put, Delete, and Write itself, whose number
// falls at its commit (after the change has run), so that for every n from 1 to calls() each step
// can be failed in turn. Thread-safe, as far as one call can be the n-th.
class FaultyStore final : public ports::Store {
 public:
  explicit FaultyStore(ports::Store& inner) : inner_(inner) {}

  // The n-th call from now (1: the next) fails with `code`; the calls after it succeed. 0: none.
  void FailNth(std::uint64_t n, ErrorCode code = ErrorCode::kDependencyTimeout);
  // Every call fails until this is taken back.
  void FailAll(bool fail, ErrorCode code = ErrorCode::kDependencyTimeout);
  // Calls since the last FailNth or since the start.
  std::uint64_t calls() const { return calls_; }

  Result<std::optional<std::string>> Get(std::string_view table, std::string_view key) override;
  Result<std::vector<ports::Row>> List(const ports::Scan& scan) override;
  Result<std::uint64_t> Count(std::string_view table) override;
  Result<void> Write(const std::function<Result<void>(ports::Transaction&)>& change,
                     Deadline deadline) override;

  // The fault that is due at this call, if one is. For the transaction that Write hands out.
  Result<void> Step();

 private:
  ports::Store& inner_;
  std::atomic<std::uint64_t> calls_{0};
  std::atomic<std::uint64_t> failing_call_{0};
  std::atomic<bool> fail_all_{false};
  std::atomic<ErrorCode> code_{ErrorCode::kDependencyTimeout};
};

}  // namespace kmaas::fakes
