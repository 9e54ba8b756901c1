// Whether the rows of a leaf, read one after the other, are those that must be there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/leaf_difference.h"
#include "storage/leaf_directory.h"
#include "storage/set_hash.h"

namespace kmaas::storage {

// A row as it lies in the file; the views live until the next one.
struct StoredRow {
  std::string_view key;
  std::string_view value;
  ByteView mac;
  bool well_formed = true;  // all three are blobs, as they were written
};

// Borrows what it is made of.
class LeafCheck {
 public:
  LeafCheck(const RowMac& mac, const SetHash& hash, std::string_view table)
      : mac_(mac), hash_(hash), table_(table) {}

  void Begin(Leaf leaf);
  const Leaf& leaf() const { return leaf_; }
  // In the order of the keys.
  void Add(const StoredRow& row);
  // Whether all that was added since Begin is what the leaf must hold.
  bool Holds() const { return bad_rows_ == 0 && found_ == leaf_.state; }
  // Of a leaf that does not hold: which rows are to blame. `asked` as for Differences.
  std::vector<RowDifference> Differ(std::string_view asked = {}) const;
  // Raises the alarm for each of them, and is the first.
  Error Alarm(std::string_view asked = {}) const;

 private:
  const RowMac& mac_;
  const SetHash& hash_;
  const std::string_view table_;
  Leaf leaf_;
  SetState found_;
  std::size_t bad_rows_ = 0;
  // Every row that was added. One after the other in one string: a cold read adds dozens.
  struct Added {
    std::size_t key_end;
    std::uint32_t version;
    bool intact;
  };
  std::string keys_;
  std::vector<Added> rows_;
};

// "1 row fewer than was written" or whatever fits.
std::string Difference(std::uint64_t found, std::uint64_t expected);

}  // namespace kmaas::storage
