// kmaas restore FILE: a node from a backup.
#pragma once

#include "app/backup_restore.h"
#include "cli/invocation.h"

namespace kmaas::cli {

// Says on standard error what it is about to do, and at the end what is left to be done.
Result<void> RestoreFromBackup(Invocation& invocation, app::RestoreOptions options);

}  // namespace kmaas::cli
