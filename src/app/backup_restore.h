// A node from a backup, and a look at a backup with the token that it was made for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/backup_making.h"
#include "app/config.h"
#include "app/user_pins.h"
#include "backup/reader.h"
#include "base/clock.h"
#include "base/result.h"
#include "ports/random_source.h"
#include "storage/integrity_report.h"
#include "storage/rollback_check.h"

namespace kmaas::app {

// Every frame opened and every row of the database looked at, as `kmaas verify` does.
struct BackupContents {
  storage::IntegrityReport database;
  storage::Evidence evidence;  // against what the token remembers now
  std::string configuration;   // the text of the configuration that the node had
  std::string lacking_roots;   // for the operator; empty: the token has all that the rows need
};
// Needs room for the database in the directory for temporary files. kValidation when the backup is
// another token's or does not open; what is wrong with rows is in the report.
Result<BackupContents> LookIntoBackup(const Config& config, UserPins user_pins,
                                      const std::string& file, const backup::Header& header,
                                      const StepProgress& progress, const Clock& clock);

struct RestoreOptions {
  std::string file;
  bool keep_trail = false;         // the audit trail that is there goes on
  std::string configuration_file;  // new; empty: the configuration of the backup is not written
  StepProgress progress = {};
};

struct RestoreReport {
  backup::Header header;
  storage::Evidence evidence;  // the standing of the database, as it lies there
  std::uint64_t lost_seals = 0;
  bool new_token = false;  // a clone: the database now names it
};

// What stands in the way of a restore, one a line; empty: nothing.
std::vector<std::string> InTheWayOfRestore(const Config& config, const RestoreOptions& options);

// Refuses where something is in the way, a file that is not as it was written, another token, a
// token without a generation of the roots that a key needs, and
// rows that are not those of the head that the backup names. The database gets its name last, so an
// error leaves none; files that were made are removed again. The trail begins anew with the record
// RestoreBackup, sealed; with keep_trail it goes on with it. Whether the database may serve says
// the report: token and trail may remember a later one, and then two persons have to agree. Every
// error is for the operator.
Result<RestoreReport> RestoreBackup(const Config& config, UserPins user_pins,
                                    const RestoreOptions& options, ports::RandomSource& random,
                                    const Clock& clock);

}  // namespace kmaas::app
