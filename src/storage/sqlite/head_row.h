// Where the head record lies: one row of a table of its own, beside those of the records.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "storage/head_record.h"
#include "storage/sqlite/row_statements.h"

namespace kmaas::storage {

// All logical tables of the newest schema, and behind them that of the head: what RowStatements of
// an open database know.
std::span<const std::string_view> TablesWithHead();
std::span<const std::string_view> TablesOfRecords();

// `problem` says why there is no record that could be believed.
struct HeadFound {
  std::optional<HeadRecord> record;
  std::string problem;
};
Result<HeadFound> FindHead(RowStatements& rows, const RowMac& mac);
Result<void> PutHead(RowStatements& rows, const RowMac& mac, const HeadRecord& record);

}  // namespace kmaas::storage
