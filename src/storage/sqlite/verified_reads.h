// Reads of committed rows: what they answer is what was last written, also that a row is absent.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ports/store.h"
#include "storage/sqlite/row_statements.h"
#include "storage/store_state.h"

namespace kmaas::storage {

// A read takes in the whole leaf of what it looks for and compares it with the directory. Used by
// one thread at a time, like the statements; borrows both.
class VerifiedReads {
 public:
  VerifiedReads(RowStatements& rows, StoreState& state) : rows_(rows), state_(state) {}

  Result<std::optional<std::string>> Get(std::string_view table, std::string_view key);
  Result<std::vector<ports::Row>> List(const ports::Scan& scan);
  Result<std::uint64_t> Count(std::string_view table);

 private:
  Result<bool> TryGet(std::size_t table, std::string_view key, LeafCheck& check,
                      std::optional<std::string>& value);
  Result<bool> TryList(std::size_t table, const ports::Scan& scan, LeafCheck& check,
                       std::vector<ports::Row>& found);
  Result<void> Settled(const LeafCheck& check, std::string_view asked,
                       const std::function<Result<bool>()>& attempt);

  RowStatements& rows_;
  StoreState& state_;
};

// kKmsInternal for a table that the schema does not have.
Result<std::size_t> TableIndex(const StoreState& state, std::string_view table);

}  // namespace kmaas::storage
