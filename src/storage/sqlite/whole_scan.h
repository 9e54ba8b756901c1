// A look at every row of a database: what the head record says is there, and nothing else.
#pragma once

#include "storage/integrity_report.h"
#include "storage/sqlite/row_statements.h"
#include "storage/store_state.h"

namespace kmaas::storage {

// In one snapshot, when the caller holds a transaction. `database`: its path; beside it lies what
// helps to name the row that is missing or set back. Fills the directory and the head of
// `state`, which are to be believed when the report is intact. A damaged page is a finding; fails
// for what passes (input/output error, no memory).
Result<IntegrityReport> ScanWhole(RowStatements& rows, StoreState& state,
                                  const std::string& database, const ScanProgress& progress = {});

}  // namespace kmaas::storage
