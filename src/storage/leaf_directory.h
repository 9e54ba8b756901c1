// What the rows of every table must come to, leaf by leaf: the memory that makes a row that was
// deleted, put back or added behind the service's back show when it is read.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/row_tag.h"
#include "storage/set_sum.h"

namespace kmaas::storage {

// The rows whose keys are in [first, end). The first leaf of a table begins with the empty key, the
// last has no end: every key lies in one leaf.
struct Leaf {
  std::string first;
  std::optional<std::string> end;
  SetState state;
  std::shared_ptr<const RowTags> tags = {};  // of its rows; null: none are known

  bool Covers(std::string_view key) const { return key >= first && (!end || key < *end); }
};

// A leaf that is being cut: its parts in order. The first part keeps the first key of the leaf.
struct LeafPart {
  std::string first;
  SetState state;
  RowTags tags = {};
};
using LeafParts = std::vector<LeafPart>;
struct LeafChange {
  std::size_t table = 0;
  SetState before;
  LeafParts after;  // not empty
};

// About 300 bytes a leaf and 8 a row. Thread-safe.
class LeafDirectory {
 public:
  static constexpr std::size_t kRowsBuilt = 24;  // of a leaf that is made
  static constexpr std::size_t kRowsMax = 48;    // above them it is cut

  // `tables` are borrowed names; every table begins empty.
  explicit LeafDirectory(std::span<const std::string_view> tables);

  std::span<const std::string_view> tables() const { return names_; }
  std::optional<std::size_t> IndexOf(std::string_view table) const;
  Leaf Find(std::size_t table, std::string_view key) const;
  SetState Total(std::size_t table) const;

  // Every leaf of a table, in order.
  std::vector<Leaf> Leaves(std::size_t table) const;
  // Replaces all that is known of a table. `leaves` as LeafParts of one leaf that covers all.
  void Load(std::size_t table, LeafParts leaves);
  // All at once. A leaf that is empty afterwards joins its neighbour.
  void Apply(std::span<const LeafChange> changes);

 private:
  struct Content {
    SetState state;
    std::shared_ptr<const RowTags> tags;
  };
  struct Table {
    std::map<std::string, Content, std::less<>> leaves;
    SetState total;
  };
  static void ApplyOne(Table& table, const LeafChange& change);
  static void JoinIfEmpty(Table& table, const std::string& first);

  const std::vector<std::string_view> names_;
  mutable std::shared_mutex mutex_;
  std::vector<Table> tables_;
};

// Cuts rows that come in the order of their keys into leaves.
class LeafCutter {
 public:
  explicit LeafCutter(std::string first);
  void Add(std::string_view key, const SetSum& term, RowTag tag);
  LeafParts Take() { return std::move(parts_); }

 private:
  LeafParts parts_;
};

}  // namespace kmaas::storage
