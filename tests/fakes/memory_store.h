// A store in memory: the port's contract without a file, and with nothing that can fail.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "ports/store.h"

namespace kmaas::fakes {

// Thread-safe. Takes any table name. Passes tests/contract/store_contract.h.
class MemoryStore final : public ports::Store {
 public:
  using Rows = std::map<std::string, std::string, std::less<>>;
  using Tables = std::map<std::string, Rows, std::less<>>;

  // Without a clock no deadline passes. Borrows the clock.
  MemoryStore() = default;
  explicit MemoryStore(const Clock& clock) : clock_(&clock) {}

  Result<std::optional<std::string>> Get(std::string_view table, std::string_view key) override;
  Result<std::vector<ports::Row>> List(const ports::Scan& scan) override;
  Result<std::uint64_t> Count(std::string_view table) override;
  Result<void> Write(const std::function<Result<void>(ports::Transaction&)>& change,
                     Deadline deadline) override;

  // Changes that were applied since the start.
  std::uint64_t changes() const;

 private:
  const Clock* clock_ = nullptr;
  mutable std::mutex mutex_;
  Tables tables_;
  std::uint64_t changes_ = 0;
};

}  // namespace kmaas::fakes
