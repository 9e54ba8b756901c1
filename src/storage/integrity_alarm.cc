#include "storage/integrity_alarm.h"

#include <atomic>
#include <string>

#include "base/log.h"

namespace kmaas::storage {
namespace {

std::atomic<std::uint64_t> rows{0};
std::atomic<std::uint64_t> tables{0};
std::atomic<std::uint64_t> files{0};

}  // namespace

Error RaiseAlarm(std::string_view table, std::string_view row, std::string_view what) {
  ++(row.empty() ? tables : rows);
  log::Error("integrity_alarm", {{"table", table}, {"row", row}, {"what", what}});
  const std::string place = row.empty()
                                ? "table " + std::string(table)
                                : "row " + std::string(row) + " of table " + std::string(table);
  return {ErrorCode::kKmsInternal, "", "store: " + place + ": " + std::string(what)};
}

void RaiseFileAlarm(std::string_view file, std::string_view what) {
  ++files;
  log::Error("integrity_alarm", {{"file", file}, {"what", what}});
}

IntegrityCounters IntegrityCountersOfProcess() {
  IntegrityCounters counters{0, rows, tables, files};
  counters.alarms = counters.rows + counters.tables + counters.files;
  return counters;
}

}  // namespace kmaas::storage
