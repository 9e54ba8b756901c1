// Whether the rows of a leaf, read one after the other, are those that must be there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
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
  bool Holds() const { return !bad_row_ && found_ == leaf_.state; }
  // The alarm for a leaf that does not hold: names the row, where one is to blame.
  Error Alarm() const;

 private:
  const RowMac& mac_;
  const SetHash& hash_;
  const std::string_view table_;
  Leaf leaf_;
  SetState found_;
  std::optional<std::string> bad_row_;
};

// What is said of a row whose MAC does not match.
inline constexpr std::string_view kBadMac = "the MAC of the row does not match";

// "1 row fewer than was written" or whatever fits.
std::string Difference(std::uint64_t found, std::uint64_t expected);

}  // namespace kmaas::storage
