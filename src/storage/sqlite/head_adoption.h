// What the first version with a head record asks of the rows of the versions before it.
#pragma once

#include "storage/row_mac.h"
#include "storage/sqlite/connection.h"

namespace kmaas::storage {

// Inside the migration's transaction, whose tables are those of the newest version. From a version
// without a head: checks every row, gives it a MAC under the label of rows with a head, and writes
// the first head record. Does nothing for later ones. The error names the row that is to blame.
Result<void> AdoptRows(Connection& connection, int from, const RowMac& mac);

}  // namespace kmaas::storage
