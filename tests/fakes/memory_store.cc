#include "tests/fakes/memory_store.h"

#include <algorithm>

namespace kmaas::fakes {
namespace {

using Rows = MemoryStore::Rows;
using Tables = MemoryStore::Tables;

std::optional<std::string> Find(const Tables& tables, std::string_view table,
                                std::string_view key) {
  const auto rows = tables.find(table);
  if (rows == tables.end()) return std::nullopt;
  const auto row = rows->second.find(key);
  if (row == rows->second.end()) return std::nullopt;
  return row->second;
}

std::vector<ports::Row> Range(const Tables& tables, const ports::Scan& scan) {
  std::vector<ports::Row> found;
  const auto rows = tables.find(scan.table);
  if (rows == tables.end()) return found;
  auto row = rows->second.lower_bound(std::max(scan.prefix, scan.after));
  for (; row != rows->second.end() && found.size() < scan.limit; ++row) {
    if (!row->first.starts_with(scan.prefix)) break;
    if (!scan.after.empty() && row->first == scan.after) continue;
    found.push_back({row->first, row->second});
  }
  return found;
}

std::uint64_t Size(const Tables& tables, std::string_view table) {
  const auto rows = tables.find(table);
  return rows == tables.end() ? 0 : rows->second.size();
}

// Works on the tables themselves and remembers what it replaced, so that a failed change leaves
// nothing.
class Change final : public ports::Transaction {
 public:
  explicit Change(Tables& tables) : tables_(tables) {}

  Result<std::optional<std::string>> Get(std::string_view table, std::string_view key) override {
    return Find(tables_, table, key);
  }
  Result<std::vector<ports::Row>> List(const ports::Scan& scan) override {
    return Range(tables_, scan);
  }
  Result<std::uint64_t> Count(std::string_view table) override { return Size(tables_, table); }
  Result<void> Put(std::string_view table, std::string_view key, std::string_view value) override {
    Rows& rows = tables_.try_emplace(std::string(table)).first->second;
    Remember(table, key);
    rows.insert_or_assign(std::string(key), std::string(value));
    return {};
  }
  Result<void> Delete(std::string_view table, std::string_view key) override {
    Remember(table, key);
    const auto rows = tables_.find(table);
    if (rows != tables_.end()) rows->second.erase(std::string(key));
    return {};
  }

  void Undo() {
    for (auto old = replaced_.rbegin(); old != replaced_.rend(); ++old) {
      Rows& rows = tables_[old->table];
      if (old->value) {
        rows.insert_or_assign(old->key, *old->value);
      } else {
        rows.erase(old->key);
      }
    }
  }

 private:
  struct Old {
    std::string table;
    std::string key;
    std::optional<std::string> value;
  };

  void Remember(std::string_view table, std::string_view key) {
    replaced_.push_back({std::string(table), std::string(key), Find(tables_, table, key)});
  }

  Tables& tables_;
  std::vector<Old> replaced_;
};

}  // namespace

Result<std::optional<std::string>> MemoryStore::Get(std::string_view table, std::string_view key) {
  const std::lock_guard lock(mutex_);
  return Find(tables_, table, key);
}

Result<std::vector<ports::Row>> MemoryStore::List(const ports::Scan& scan) {
  const std::lock_guard lock(mutex_);
  return Range(tables_, scan);
}

Result<std::uint64_t> MemoryStore::Count(std::string_view table) {
  const std::lock_guard lock(mutex_);
  return Size(tables_, table);
}

Result<void> MemoryStore::Write(const std::function<Result<void>(ports::Transaction&)>& change,
                                Deadline deadline) {
  const std::lock_guard lock(mutex_);
  if (clock_ != nullptr && clock_->SteadyNow() >= deadline.at) {
    return Error{ErrorCode::kThrottling, "", "store: the deadline passed before the change began"};
  }
  Change transaction(tables_);
  Result<void> changed = change(transaction);
  if (!changed) {
    transaction.Undo();
  } else {
    ++changes_;
  }
  return changed;
}

std::uint64_t MemoryStore::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

}  // namespace kmaas::fakes
