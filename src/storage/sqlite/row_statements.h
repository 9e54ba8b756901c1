// The statements on rows, prepared once per connection, with the MAC made and checked at this one
// place.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ports/store.h"
#include "storage/row_mac.h"
#include "storage/sqlite/connection.h"

namespace kmaas::storage {

// Used by one thread at a time, like the connection that it borrows.
class RowStatements {
 public:
  RowStatements(Connection& connection, const RowMac& mac, int version);

  Result<std::optional<std::string>> Get(std::string_view table, std::string_view key);
  Result<std::vector<ports::Row>> List(const ports::Scan& scan);
  Result<std::uint64_t> Count(std::string_view table);
  Result<void> Put(std::string_view table, std::string_view key, std::string_view value);
  Result<void> Delete(std::string_view table, std::string_view key);

 private:
  enum Kind { kGet, kListBelow, kListToEnd, kCount, kPut, kDelete, kKinds };
  struct Table {
    std::array<PreparedStatement, kKinds> prepared;
  };
  Result<sqlite3_stmt*> Find(std::string_view table, Kind kind);
  Result<void> Run(std::string_view table, Kind kind, Statement& statement);
  Error Failure(std::string_view table, Kind kind, int code) const;

  Connection& connection_;
  const RowMac& mac_;
  std::unordered_map<std::string_view, Table> tables_;
};

}  // namespace kmaas::storage
