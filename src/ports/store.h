// The store as the core sees it: named tables of rows, each row a key and a value, ordered by key.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace kmaas::ports {

struct Row {
  std::string key;
  std::string value;
};

// Keys start after `after` (exclusive) and share `prefix`; order is bytewise. At most `limit` rows.
struct Scan {
  std::string_view table;
  std::string_view prefix;
  std::string_view after = {};
  std::size_t limit = 1000;
};

// Reads see committed rows; inside a write transaction they also see its own writes and those of
// transactions before it in the same group commit. A row whose MAC does not match is never
// returned: kKmsInternal, with table and row in the detail, and an integrity alarm in the log.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual Result<std::optional<std::string>> Get(std::string_view table, std::string_view key) = 0;
  virtual Result<std::vector<Row>> List(const Scan& scan) = 0;
  virtual Result<std::uint64_t> Count(std::string_view table) = 0;
};

// Valid only inside the function it was handed to. Put replaces.
class Transaction : public Reader {
 public:
  virtual Result<void> Put(std::string_view table, std::string_view key,
                           std::string_view value) = 0;
  virtual Result<void> Delete(std::string_view table, std::string_view key) = 0;
};

// Thread-safe. Values are opaque here. Every implementation passes tests/contract/store_contract.h.
class Store : public Reader {
 public:
  // Runs `change` alone among all writes and returns when its effect is durable (it survives power
  // loss), or with the error of `change` or of the commit, and then nothing of it was applied.
  // Several changes share one commit. `change` may run on another thread, must not block and must
  // not call the store except through its argument. Fails with kThrottling when it cannot begin
  // before the deadline. After kDependencyTimeout (the commit itself failed: disk full,
  // input/output error) nothing was applied.
  virtual Result<void> Write(const std::function<Result<void>(Transaction&)>& change,
                             Deadline deadline) = 0;
};

}  // namespace kmaas::ports
