#include "storage/leaf_difference.h"

#include <algorithm>

namespace kmaas::storage {
namespace {

using Kind = RowDifference::Kind;

// Walks through the tags and the rows side by side. Both are in the order of the keys, so what was
// passed over in one list lies between the same neighbours in the other.
class Comparison {
 public:
  Comparison(const Leaf& leaf, std::string_view asked, const SetHash& hash)
      : tags_(leaf.tags ? std::span<const RowTag>(*leaf.tags) : std::span<const RowTag>()),
        leaf_(leaf),
        asked_(asked),
        hash_(hash),
        after_(leaf.first) {}

  void Take(const FoundRow& row) {
    const std::uint32_t key = hash_.KeyTag(row.key);
    const auto place = std::find_if(tags_.begin(), tags_.end(),
                                    [key](const RowTag& tag) { return tag.key == key; });
    const bool is_known = place != tags_.end();
    if (is_known) PassOver(static_cast<std::size_t>(place - tags_.begin()), row.key);
    if (!row.intact) {
      Add({Kind::kBadMac, std::string(row.key), 1, {}, {}});
    } else if (!is_known) {
      Add({Kind::kAdded, std::string(row.key), 1, {}, {}});
    } else if (tags_.front().version != row.version) {
      Add({Kind::kOlder, std::string(row.key), 1, {}, {}});
    }
    if (!is_known) return;
    tags_ = tags_.subspan(1);
    after_ = row.key;
  }

  std::vector<RowDifference> Finish() {
    PassOver(tags_.size(), leaf_.end.value_or(""));
    return std::move(differences_);
  }

 private:
  void Add(RowDifference difference) {
    if (differences_.size() < kDifferencesMax) differences_.push_back(std::move(difference));
  }

  // The next `rows` tags have no row.
  void PassOver(std::size_t rows, std::string_view before) {
    std::uint64_t unnamed = 0;
    for (const RowTag& tag : tags_.first(rows)) {
      const std::string_view name = NameOf(tag);
      if (name.empty()) {
        ++unnamed;
      } else {
        Add({Kind::kMissing, std::string(name), 1, {}, {}});
      }
    }
    if (unnamed > 0) Add({Kind::kMissing, "", unnamed, std::string(after_), std::string(before)});
    tags_ = tags_.subspan(rows);
  }
  // The keys that can be known although their rows are gone.
  std::string_view NameOf(const RowTag& tag) const {
    for (const std::string_view candidate : {asked_, std::string_view(leaf_.first)})
      if (!candidate.empty() && hash_.KeyTag(candidate) == tag.key) return candidate;
    return "";
  }

  std::span<const RowTag> tags_;  // that no row was found for yet
  const Leaf& leaf_;
  const std::string_view asked_;
  const SetHash& hash_;
  std::string_view after_;
  std::vector<RowDifference> differences_;
};

}  // namespace

std::vector<RowDifference> Differences(const Leaf& leaf, std::span<const FoundRow> found,
                                       std::string_view asked, const SetHash& hash) {
  Comparison comparison(leaf, asked, hash);
  for (const FoundRow& row : found) comparison.Take(row);
  return comparison.Finish();
}

std::string Describe(const RowDifference& difference) {
  switch (difference.kind) {
    case Kind::kBadMac:
      return "the MAC of the row does not match";
    case Kind::kOlder:
      return "it is not the version of the row that was last written";
    case Kind::kAdded:
      return "the row was deleted before and is back";
    case Kind::kMissing:
      break;
  }
  if (!difference.row.empty()) return "the row is missing";
  std::string text = difference.rows == 1 ? "a row is missing"
                                          : std::to_string(difference.rows) + " rows are missing";
  if (difference.after.empty() && difference.before.empty()) return text;
  if (difference.after.empty()) return text + " before the row " + difference.before;
  if (difference.before.empty()) return text + " after the row " + difference.after;
  return text + " between the rows " + difference.after + " and " + difference.before;
}

}  // namespace kmaas::storage
