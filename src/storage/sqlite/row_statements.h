// The statements on rows, prepared once per connection. What they read is not checked here.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/leaf_check.h"
#include "storage/sqlite/connection.h"

namespace kmaas::storage {

// Used by one thread at a time, like the connection that it borrows. Tables go by their place in
// `tables`, whose names it borrows.
class RowStatements {
 public:
  RowStatements(Connection& connection, std::span<const std::string_view> tables);

  // False: no more rows are wanted.
  using Visit = std::function<bool(const StoredRow&)>;
  // The rows with first <= key < end, ascending.
  Result<void> Range(std::size_t table, std::string_view first,
                     const std::optional<std::string>& end, const Visit& visit);
  // The row of that key, if there is one.
  Result<void> One(std::size_t table, std::string_view key, const Visit& visit);
  Result<void> Put(std::size_t table, std::string_view key, std::string_view value, ByteView mac);
  Result<void> Delete(std::size_t table, std::string_view key);

 private:
  enum Kind { kOne, kBelow, kToEnd, kPut, kDelete, kKinds };
  struct Table {
    std::string_view name;
    std::array<PreparedStatement, kKinds> prepared;
  };
  Result<sqlite3_stmt*> Find(std::size_t table, Kind kind);
  Result<void> Run(std::size_t table, Kind kind, Statement& statement);
  Result<void> Read(std::size_t table, Kind kind, Statement& statement, const Visit& visit);
  Error Failure(std::size_t table, Kind kind, int code) const;

  Connection& connection_;
  std::vector<Table> tables_;
};

}  // namespace kmaas::storage
