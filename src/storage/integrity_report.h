// What a look at every row of a database has found.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ports/store_head.h"

namespace kmaas::storage {

struct IntegrityFinding {
  std::string table;  // empty: the file
  std::string row;    // empty: no single row is to blame
  std::string what;
};

struct TableIntegrity {
  std::string table;
  std::uint64_t rows = 0;                      // found
  std::optional<std::uint64_t> rows_expected;  // by the head record; none: there is none to ask
};

struct IntegrityReport {
  int schema_version = 0;
  std::uint64_t epoch = 0;
  std::optional<ports::StoreHead> head;  // none: there is none that could be believed
  std::vector<TableIntegrity> tables;
  std::vector<IntegrityFinding> findings;

  bool intact() const { return findings.empty(); }
};

// Called now and then with the rows looked at so far.
using ScanProgress = std::function<void(std::uint64_t rows)>;

}  // namespace kmaas::storage
