// Edits of single rows, of every kind, and their undoing.
#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/campaigns/tamper/world.h"

namespace kmaas::campaigns {

enum class EditKind {
  kFlipValue,
  kFlipMac,
  kFlipKey,
  kEmptyValue,
  kSwapRows,    // value and MAC
  kSwapValues,  // the MACs stay
  kDelete,
  kDeleteMany,
  kDuplicate,   // under another key
  kOlder,       // an earlier version of the row
  kPutBack,     // a row that was deleted
  kOtherTable,  // a row into another table
  kKinds,
};

class RowEdits {
 public:
  RowEdits(const World& world, RawFile& file, std::uint64_t seed)
      : world_(world), file_(file), random_(seed) {}

  void Make(EditKind kind);
  void Undo();
  // Table and key of each row that is not as it was.
  const std::vector<std::pair<std::string, std::string>>& touched() const { return touched_; }
  // Whether an alarm names one of them, or the neighbours between which one was.
  bool AreNamedBy(const std::string& alarm) const;
  std::uint64_t Next(std::uint64_t below) { return random_() % below; }

 private:
  using Place = RawTable::const_iterator;
  Place RandomRow(const std::string& table);
  void Put(const std::string& table, const std::string& key, const RawRow& row);
  void Remove(const std::string& table, const std::string& key);
  std::string Flipped(std::string bytes);
  void Swap(const std::string& table, Place row, bool with_mac);
  void MakeOf(EditKind kind, const std::string& table, Place row);
  void Remake(EditKind kind, const std::string& table, Place row);

  const World& world_;
  RawFile& file_;
  std::mt19937_64 random_;
  std::vector<std::pair<std::string, std::string>> touched_;
};

}  // namespace kmaas::campaigns
