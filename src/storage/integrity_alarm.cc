#include "storage/integrity_alarm.h"

#include <atomic>
#include <string>

#include "base/log.h"

namespace kmaas::storage {
namespace {

std::atomic<std::uint64_t> alarms{0};

}  // namespace

Error RaiseAlarm(std::string_view table, std::string_view row, std::string_view what) {
  ++alarms;
  log::Error("integrity_alarm", {{"table", table}, {"row", row}, {"what", what}});
  const std::string place = row.empty()
                                ? "table " + std::string(table)
                                : "row " + std::string(row) + " of table " + std::string(table);
  return {ErrorCode::kKmsInternal, "", "store: " + place + ": " + std::string(what)};
}

void RaiseFileAlarm(std::string_view file, std::string_view what) {
  ++alarms;
  log::Error("integrity_alarm", {{"file", file}, {"what", what}});
}

IntegrityCounters IntegrityCountersOfProcess() { return {alarms}; }

}  // namespace kmaas::storage
