// Which rows of a leaf are not those that were last written.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/leaf_directory.h"
#include "storage/set_hash.h"

namespace kmaas::storage {

struct FoundRow {
  std::string_view key;
  std::uint32_t version = 0;
  bool intact = true;  // its own MAC holds
};

struct RowDifference {
  enum class Kind {
    kBadMac,
    kOlder,    // another version of the row than the last
    kAdded,    // no row of this key was there
    kMissing,  // the key is known when it was asked for; else the neighbours are
  };
  Kind kind = Kind::kBadMac;
  std::string row;         // empty: its key is not known
  std::uint64_t rows = 1;  // kMissing without a key: so many together
  // kMissing without a key: it lay between these; empty: the first, the last of the table.
  std::string after;
  std::string before;
};

// The rows `found`, in the order of their keys, against the tags of the leaf; empty when the tags
// do not tell any difference. `asked`: a key that somebody looked for, or empty. At most
// kDifferencesMax.
inline constexpr std::size_t kDifferencesMax = 1000;
std::vector<RowDifference> Differences(const Leaf& leaf, std::span<const FoundRow> found,
                                       std::string_view asked, const SetHash& hash);

// What an alarm says of it.
std::string Describe(const RowDifference& difference);

}  // namespace kmaas::storage
