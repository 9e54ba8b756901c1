// A look at a whole database that is not opened to serve: what `kmaas verify` does.
#pragma once

#include "storage/integrity_report.h"
#include "storage/row_mac.h"
#include "storage/sqlite/sqlite_store.h"

namespace kmaas::storage {

// Every row against its MAC, all of them against the head record, and SQLite's own check of the
// pages, in one snapshot. Works beside a running server and on a copy; changes nothing. Of
// `options` the path and the VFS count. Fails, with a message for the operator, when the file
// cannot be opened or read; what is wrong with its rows is in the report.
Result<IntegrityReport> VerifyDatabase(const SqliteOptions& options, RowMac mac,
                                       const ScanProgress& progress = {});

}  // namespace kmaas::storage
