#include "storage/leaf_directory.h"

#include <algorithm>
#include <mutex>

namespace kmaas::storage {

LeafDirectory::LeafDirectory(std::span<const std::string_view> tables)
    : names_(tables.begin(), tables.end()), tables_(tables.size()) {
  for (Table& table : tables_) table.leaves.emplace("", Content());
}

std::optional<std::size_t> LeafDirectory::IndexOf(std::string_view table) const {
  const auto found = std::find(names_.begin(), names_.end(), table);
  if (found == names_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names_.begin());
}

Leaf LeafDirectory::Find(std::size_t table, std::string_view key) const {
  const std::shared_lock lock(mutex_);
  const auto& leaves = tables_[table].leaves;
  const auto after = leaves.upper_bound(key);
  const auto found = std::prev(after);  // the empty key is there and comes before all
  Leaf leaf{found->first, std::nullopt, found->second.state, found->second.tags};
  if (after != leaves.end()) leaf.end = after->first;
  return leaf;
}

SetState LeafDirectory::Total(std::size_t table) const {
  const std::shared_lock lock(mutex_);
  return tables_[table].total;
}

std::vector<Leaf> LeafDirectory::Leaves(std::size_t table) const {
  const std::shared_lock lock(mutex_);
  std::vector<Leaf> leaves;
  leaves.reserve(tables_[table].leaves.size());
  for (const auto& [first, content] : tables_[table].leaves) {
    if (!leaves.empty()) leaves.back().end = first;
    leaves.push_back({first, std::nullopt, content.state, content.tags});
  }
  return leaves;
}

void LeafDirectory::Load(std::size_t table, LeafParts leaves) {
  Table loaded;
  for (LeafPart& part : leaves) {
    loaded.total.Replace(SetState(), part.state);
    loaded.leaves.emplace(
        std::move(part.first),
        Content{part.state, std::make_shared<const RowTags>(std::move(part.tags))});
  }
  const std::unique_lock lock(mutex_);
  tables_[table] = std::move(loaded);
}

void LeafDirectory::Apply(std::span<const LeafChange> changes) {
  const std::unique_lock lock(mutex_);
  for (const LeafChange& change : changes) ApplyOne(tables_[change.table], change);
  // Only now: a leaf that joins another is not looked for again.
  for (const LeafChange& change : changes)
    JoinIfEmpty(tables_[change.table], change.after.front().first);
}

void LeafDirectory::ApplyOne(Table& table, const LeafChange& change) {
  SetState after;
  for (const LeafPart& part : change.after) {
    after.Replace(SetState(), part.state);
    table.leaves.insert_or_assign(part.first,
                                  Content{part.state, std::make_shared<const RowTags>(part.tags)});
  }
  table.total.Replace(change.before, after);
}

void LeafDirectory::JoinIfEmpty(Table& table, const std::string& first) {
  const auto leaf = table.leaves.find(first);
  if (leaf == table.leaves.end() || leaf->second.state.rows > 0) return;
  if (!first.empty()) {
    table.leaves.erase(leaf);  // the one before it reaches on to the next
    return;
  }
  const auto next = std::next(leaf);
  if (next == table.leaves.end()) return;
  leaf->second = next->second;
  table.leaves.erase(next);
}

LeafCutter::LeafCutter(std::string first) { parts_.push_back({std::move(first), SetState()}); }

void LeafCutter::Add(std::string_view key, const SetSum& term, RowTag tag) {
  if (parts_.back().state.rows == LeafDirectory::kRowsBuilt)
    parts_.push_back({std::string(key), SetState()});
  LeafPart& part = parts_.back();
  if (part.tags.empty()) part.tags.reserve(LeafDirectory::kRowsBuilt);
  part.state.Add(term);
  part.tags.push_back(tag);
}

}  // namespace kmaas::storage
