#include "tests/campaigns/disks/plants.h"

#include <string>
#include <utility>

#include "audit/append_file.h"
#include "storage/sqlite/connection.h"
#include "tests/component/storage/disk_log.h"

namespace kmaas::campaigns {
namespace {

std::string_view planted;

}  // namespace

bool Plant(std::string_view name) {
  for (const std::string_view known :
       {"lost-flush", "lost-trail-flush", "early-answer", "early-sweep", "deaf", "deaf-trail"})
    if (name == known) planted = known;
  return !planted.empty();
}

bool IsPlanted(std::string_view name) { return planted == name; }

// CMakeLists.txt wraps these names. When one changes with its signature, its plant has no effect,
// and the test of the plants fails.
using audit::AppendFile;
using storage::Connection;
using storage::DiskEntry;
using storage::DiskLog;

void Enter(DiskLog* log,
           DiskEntry entry) asm("__wrap__ZN5kmaas7storage7DiskLog3AddENS0_9DiskEntryE");
void RealEnter(DiskLog* log,
               DiskEntry entry) asm("__real__ZN5kmaas7storage7DiskLog3AddENS0_9DiskEntryE");
Result<void> Execute(Connection* connection, const std::string& sql) asm(
    "__wrap__ZN5kmaas7storage10Connection7ExecuteERKNSt7__cxx1112basic_stringIcSt11char_traitsIcE"
    "SaIcEEE");
Result<void> RealExecute(Connection* connection, const std::string& sql) asm(
    "__real__ZN5kmaas7storage10Connection7ExecuteERKNSt7__cxx1112basic_stringIcSt11char_traitsIcE"
    "SaIcEEE");
Result<void> Write(AppendFile* file, std::string_view bytes) asm(
    "__wrap__ZN5kmaas5audit10AppendFile5WriteESt17basic_string_viewIcSt11char_traitsIcEE");
Result<void> RealWrite(AppendFile* file, std::string_view bytes) asm(
    "__real__ZN5kmaas5audit10AppendFile5WriteESt17basic_string_viewIcSt11char_traitsIcEE");

void Enter(DiskLog* log, DiskEntry entry) {
  const bool is_flush = entry.kind == DiskEntry::kFlush;
  if (is_flush && planted == "lost-flush" && entry.path.ends_with("-wal")) return;
  if (is_flush && planted == "lost-trail-flush" && entry.path.ends_with(".jsonl")) return;
  RealEnter(log, std::move(entry));
}

Result<void> Execute(Connection* connection, const std::string& sql) {
  if (planted == "early-answer" && sql == "BEGIN IMMEDIATE")
    (void)RealExecute(connection, "PRAGMA synchronous=NORMAL");
  Result<void> done = RealExecute(connection, sql);
  if (!done && planted == "deaf" && sql == "COMMIT") return {};
  return done;
}

Result<void> Write(AppendFile* file, std::string_view bytes) {
  Result<void> done = RealWrite(file, bytes);
  if (planted == "deaf-trail") return {};
  return done;
}

}  // namespace kmaas::campaigns
