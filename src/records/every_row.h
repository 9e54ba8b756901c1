// Whole listings, read a page at a time: for those who need every row, whatever their number.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "records/catalog.h"

namespace kmaas::records {

// Calls `each` with every record of T below `prefix`, in the order of the row keys. `source` is the
// catalog or a transaction's changes. Fails as they do; what was passed to `each` before stays.
template <class T, class Source, class Each>
Result<void> ForEachRow(Source& source, std::string_view prefix, const Each& each) {
  constexpr std::size_t kRowsPerRead = 1000;
  std::string after;
  for (bool more = true; more;) {
    KM_TRY(Page page, source.template List<T>(prefix, after, kRowsPerRead));
    for (const ports::Row& row : page.rows) {
      KM_TRY(T record, Table<T>::Decode(row.value));
      each(std::move(record));
    }
    if (!page.rows.empty()) after = std::move(page.rows.back().key);
    more = page.truncated;
  }
  return {};
}

template <class T, class Source>
Result<std::vector<T>> EveryRow(Source& source, std::string_view prefix) {
  std::vector<T> all;
  KM_CHECK(ForEachRow<T>(source, prefix, [&](T record) { all.push_back(std::move(record)); }));
  return all;
}

}  // namespace kmaas::records
