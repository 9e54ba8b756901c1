#include "tests/campaigns/tamper/row_edits.h"

#include <iterator>

namespace kmaas::campaigns {
namespace {

constexpr int kManyRows = 40;

// What stands in the alarm between these words; an empty `end` is its end.
std::string Between(const std::string& alarm, const std::string& begin, const std::string& end) {
  const std::size_t at = alarm.find(begin);
  if (at == std::string::npos) return "";
  const std::string rest = alarm.substr(at + begin.size());
  // A refusal to open goes on behind it.
  return rest.substr(0, rest.find(end.empty() ? " (findings" : end));
}

bool LiesBetweenTheNeighbours(const std::string& key, const std::string& alarm) {
  const bool two = alarm.find("between the rows ") != std::string::npos;
  const std::string after =
      two ? Between(alarm, "between the rows ", " and ") : Between(alarm, "after the row ", "");
  const std::string before = two ? Between(alarm, "between the rows " + after + " and ", "")
                                 : Between(alarm, "before the row ", "");
  return (after.empty() || after < key) && (before.empty() || key < before);
}

}  // namespace

RowEdits::Place RowEdits::RandomRow(const std::string& table) {
  const RawTable& rows = world_.now().at(table);
  return std::next(rows.begin(), static_cast<std::ptrdiff_t>(Next(rows.size())));
}

void RowEdits::Put(const std::string& table, const std::string& key, const RawRow& row) {
  touched_.emplace_back(table, key);
  file_.Put(table, key, row);
}

void RowEdits::Remove(const std::string& table, const std::string& key) {
  touched_.emplace_back(table, key);
  file_.Remove(table, key);
}

std::string RowEdits::Flipped(std::string bytes) {
  const std::uint64_t bit = Next(bytes.size() * 8);
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  return bytes;
}

void RowEdits::Swap(const std::string& table, Place row, bool with_mac) {
  Place other = RandomRow(table);
  while (other == row) other = RandomRow(table);
  Put(table, row->first, {other->second.value, (with_mac ? other : row)->second.mac});
  Put(table, other->first, {row->second.value, (with_mac ? row : other)->second.mac});
}

void RowEdits::Make(EditKind kind) {
  touched_.clear();
  const std::string table =
      kind == EditKind::kPutBack ? "aliases" : world_.tables()[Next(world_.tables().size())];
  const Place row = RandomRow(table);
  if (kind >= EditKind::kDelete) return Remake(kind, table, row);
  MakeOf(kind, table, row);
}

void RowEdits::MakeOf(EditKind kind, const std::string& table, Place row) {
  switch (kind) {
    case EditKind::kFlipValue:
      return Put(table, row->first, {Flipped(row->second.value), row->second.mac});
    case EditKind::kFlipMac:
      return Put(table, row->first, {row->second.value, Flipped(row->second.mac)});
    case EditKind::kFlipKey: {
      std::string key = Flipped(row->first);
      while (world_.now().at(table).contains(key)) key = Flipped(row->first);
      Remove(table, row->first);
      return Put(table, key, row->second);
    }
    case EditKind::kEmptyValue:
      return Put(table, row->first, {"", row->second.mac});
    default:
      return Swap(table, row, kind == EditKind::kSwapRows);
  }
}

void RowEdits::Remake(EditKind kind, const std::string& table, Place row) {
  switch (kind) {
    case EditKind::kDelete:
      return Remove(table, row->first);
    case EditKind::kDeleteMany:
      for (int more = kManyRows; more > 0 && row != world_.now().at(table).end(); --more, ++row)
        Remove(table, row->first);
      return;
    case EditKind::kDuplicate:
      return Put(table, row->first + "2", row->second);
    case EditKind::kOlder:
      return Put(table, row->first, world_.older().at(table).at(row->first));
    case EditKind::kPutBack: {
      const std::string gone = row->first + "/gone";
      return Put(table, gone, world_.older().at(table).at(gone));
    }
    default: {
      const std::string& other = world_.tables()[Next(world_.tables().size())];
      if (other == table) return Remove(table, row->first);
      return Put(other, row->first, row->second);
    }
  }
}

bool RowEdits::AreNamedBy(const std::string& alarm) const {
  for (const auto& [table, key] : touched_) {
    if (alarm.find("row " + key + " of table " + table + ": ") != std::string::npos) return true;
    const bool of_table = alarm.find("table " + table + ": ") != std::string::npos;
    if (of_table && alarm.find(" missing") != std::string::npos &&
        alarm.find(" of table ") == std::string::npos && LiesBetweenTheNeighbours(key, alarm))
      return true;
  }
  return false;
}

void RowEdits::Undo() {
  for (const auto& [table, key] : touched_) {
    const RawTable& rows = world_.now().at(table);
    const auto row = rows.find(key);
    if (row == rows.end()) {
      file_.Remove(table, key);
    } else {
      file_.Put(table, key, row->second);
    }
  }
}

}  // namespace kmaas::campaigns
