// Where a listing begins and ends among the keys of a table.
#pragma once

#include <optional>
#include <string>

#include "ports/store.h"

namespace kmaas::storage {

struct KeyRange {
  std::string first;               // the least key of the listing
  std::optional<std::string> end;  // the least key behind it; none: it goes on to the last

  bool Has(std::string_view key) const { return key >= first && (!end || key < *end); }
  // Whether nothing of it lies at `key` or behind.
  bool EndsBy(std::string_view key) const { return end && *end <= key; }
};

KeyRange RangeOf(const ports::Scan& scan);

}  // namespace kmaas::storage
