#include "records/catalog.h"

namespace kmaas::records {
namespace {

constexpr std::size_t kKeyRowsCachedMax = 100'000;
constexpr std::size_t kOtherRowsCachedMax = 20'000;

template <class T>
void InvalidateIn(RowCache<T>& cache, std::string_view table, std::string_view row_key) {
  if (Table<T>::kName == table) cache.Invalidate(row_key);
}

bool IsOfIdentity(std::string_view table) {
  return table == Table<User>::kName || table == Table<Group>::kName ||
         table == Table<Role>::kName || table == Table<ManagedPolicy>::kName;
}

}  // namespace

Result<Page> Changes::ListPage(ports::Reader& reader, ports::Scan scan) {
  const std::size_t wanted = scan.limit;
  ++scan.limit;  // one more than asked for says whether more follow
  KM_TRY(std::vector<ports::Row> rows, reader.List(scan));
  Page page{std::move(rows), false};
  if (page.rows.size() > wanted) {
    page.rows.resize(wanted);
    page.truncated = true;
  }
  return page;
}

Catalog::Catalog(ports::Store& store)
    : store_(store),
      listings_(kKeyRowsCachedMax, kOtherRowsCachedMax),
      caches_(kKeyRowsCachedMax, kKeyRowsCachedMax, kOtherRowsCachedMax, kOtherRowsCachedMax,
              kOtherRowsCachedMax, kOtherRowsCachedMax, kOtherRowsCachedMax, 1, kOtherRowsCachedMax,
              kOtherRowsCachedMax, kOtherRowsCachedMax, kOtherRowsCachedMax, kOtherRowsCachedMax,
              kOtherRowsCachedMax, kOtherRowsCachedMax, kOtherRowsCachedMax, kOtherRowsCachedMax,
              kOtherRowsCachedMax, kKeyRowsCachedMax) {}

Result<void> Catalog::Write(const std::function<Result<void>(Changes&)>& change,
                            Deadline deadline) {
  std::vector<std::pair<std::string_view, std::string>> touched;
  Result<void> written = store_.Write(
      [&](ports::Transaction& transaction) -> Result<void> {
        Changes changes(transaction);
        Result<void> changed = change(changes);
        touched = changes.touched();
        return changed;
      },
      deadline);
  // After a failed commit as well: whether the change is in the file is then the store's to say, on
  // the next read.
  for (const auto& [table, row_key] : touched) Invalidate(table, row_key);
  return written;
}

void Catalog::Invalidate(std::string_view table, std::string_view row_key) {
  std::apply([&](auto&... cache) { (InvalidateIn(cache, table, row_key), ...); }, caches_);
  InvalidateListing<domain::Grant>(table, row_key);
  InvalidateListing<KeyAlias>(table, row_key);
  if (IsOfIdentity(table)) identity_version_.fetch_add(1, std::memory_order_acq_rel);
}

Error Catalog::Misplaced(std::string_view table, std::string_view row_key) {
  return {ErrorCode::kKmsInternal, "",
          "row " + std::string(row_key) + " of table " + std::string(table) + " names another row"};
}

}  // namespace kmaas::records
