// Which rows of a table are to blame when its sum is not that of the head record.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/leaf_difference.h"
#include "storage/sqlite/row_statements.h"
#include "storage/store_state.h"

namespace kmaas::storage {

// For a state that a look at every row has filled. With what the last server left beside the
// database, every row that is missing, set back or added is named; without it, one added row is,
// because the sum without it fits. Rows whose own MAC fails are not named again. Borrows all.
class RowNaming {
 public:
  RowNaming(RowStatements& rows, const StoreState& state, const std::string& database);

  // Empty: it cannot be known.
  Result<std::vector<RowDifference>> Name(std::size_t table, const TableHead& expected);

 private:
  Result<std::vector<RowDifference>> ByLeaves(std::size_t table);
  Result<std::vector<RowDifference>> TheOneTooMany(std::size_t table, const TableHead& expected);

  RowStatements& rows_;
  const StoreState& state_;
  const std::unique_ptr<LeafDirectory> leaves_;  // null: nothing that fits was left
};

}  // namespace kmaas::storage
