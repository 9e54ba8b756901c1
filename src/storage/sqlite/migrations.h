// The schema and how it came about: one entry per version, each brought on in one transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/sqlite/connection.h"

namespace kmaas::storage {

// What a version adds to the one before it. An entry that has been released is never edited: a new
// version is a new entry at the end.
struct Migration {
  std::span<const std::string_view> new_tables;
  const char* sql = nullptr;  // run after them; null: nothing more
};

// Version n is the n-th entry. Version 0 is an empty file.
std::span<const Migration> Migrations();

// In PRAGMA application_id: "KMAS". Says that a file is ours whatever it is called.
inline constexpr std::int64_t kApplicationId = 0x4b4d4153;

// The head record's own table, and the version that brought it.
inline constexpr std::string_view kHeadTable = "store_head";
inline constexpr int kFirstVersionWithHead = 4;

// Whether a row of that table bears on who may do what, or on the keys themselves. Tables that only
// note what happened do not; a new one does until it is listed there.
bool DecidesRights(std::string_view table);

// Every table of the given versions, oldest first. The views are those of the entries.
std::vector<std::string_view> TableNames(std::span<const Migration> migrations);
std::string TableDefinition(std::string_view table);

// What is left to do in the transaction of a migration when its tables are made; `from` is the
// version before.
using MigrationEnd = std::function<Result<void>(Connection&, int from)>;

// Brings the database to the newest version, all or nothing; a new file gets its application id.
// Returns the version that it was at. Fails for a version that `migrations` does not have.
Result<int> Migrate(Connection& connection, std::span<const Migration> migrations,
                    const MigrationEnd& end = {});

// That tables are as they were made and that nothing else (index, trigger, view) stands in the
// schema: it could make the right statement read wrong rows.
Result<void> CheckSchema(Connection& connection, std::span<const Migration> migrations);

}  // namespace kmaas::storage
