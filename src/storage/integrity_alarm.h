// The one place where it is said that the store is not as it was written.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace kmaas::storage {

// Logs "integrity_alarm", counts it, and is the error (kKmsInternal) of the read that found it.
// `row`: empty when no single row is to blame. Thread-safe.
Error RaiseAlarm(std::string_view table, std::string_view row, std::string_view what);
// Of a file rather than of rows.
void RaiseFileAlarm(std::string_view file, std::string_view what);

// Since the process began, all together and by what they name.
struct IntegrityCounters {
  std::uint64_t alarms = 0;
  std::uint64_t rows = 0;
  std::uint64_t tables = 0;
  std::uint64_t files = 0;
};
IntegrityCounters IntegrityCountersOfProcess();

}  // namespace kmaas::storage
