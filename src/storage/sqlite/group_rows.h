// The rows as a group of changes sees and changes them, on the writer's connection.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ports/store.h"
#include "ports/store_head.h"
#include "storage/leaf_images.h"
#include "storage/sqlite/row_statements.h"
#include "storage/store_state.h"

namespace kmaas::storage {

// Used by the writing thread alone; borrows all it is made of. `observer` may be null.
class GroupRows {
 public:
  GroupRows(Connection& connection, StoreState& state, ports::HeadObserver* observer);

  // A group begins; a change of it begins; the change failed and its savepoint is rolled back.
  void BeginGroup();
  void BeginChange();
  void UndoChange() { images_.UndoChange(); }
  // Whether the change has touched a row that decides who may do what.
  bool change_decides_rights() const { return change_decides_rights_; }

  Result<std::optional<std::string>> Get(std::string_view table, std::string_view key);
  Result<std::vector<ports::Row>> List(const ports::Scan& scan);
  Result<std::uint64_t> Count(std::string_view table);
  Result<void> Put(std::string_view table, std::string_view key, std::string_view value);
  Result<void> Delete(std::string_view table, std::string_view key);

  // The last statement of a group that will be committed.
  Result<void> WriteHead(WallTime now);
  // It was, and state.commits is held since before.
  void Committed();
  // What it changed; until the next head is written.
  const std::vector<LeafChange>& changes() const { return changes_; }

 private:
  Result<LeafImage*> Image(std::size_t table, std::string_view key);
  Result<void> ListLeaf(const LeafImage& image, const ports::Scan& scan,
                        std::vector<ports::Row>& found);
  bool IsAsWritten(std::size_t table, const StoredRow& row,
                   const crypto::Sha256Digest& expected) const;
  Error Altered(std::size_t table, std::string_view key) const;
  Result<void> MayChange(std::string_view table);

  StoreState& state_;
  ports::HeadObserver* const observer_;
  RowStatements rows_;
  LeafImages images_;
  std::optional<Result<void>> may_change_rights_;  // the observer's answer for this group
  bool change_decides_rights_ = false;
  std::vector<LeafChange> changes_;  // of the group, when its head is written
  HeadRecord next_;
};

}  // namespace kmaas::storage
