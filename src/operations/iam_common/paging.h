// MaxItems, Marker and IsTruncated: listings of rows, and of what stands within one record.
#pragma once

#include <algorithm>
#include <string>

#include "base/result.h"
#include "core/call.h"

namespace kmaas::operations {

// AWS's default of MaxItems.
inline constexpr std::size_t kItemsPerPage = 100;

struct Paging {
  std::string after;  // empty: from the beginning
  std::size_t limit = kItemsPerPage;
};

template <class Request>
Result<Paging> ReadPaging(const Request& request, const core::Call& call) {
  Paging paging;
  if (request.has_max_items()) paging.limit = static_cast<std::size_t>(request.max_items());
  if (request.has_marker()) {
    KM_TRY(paging.after, call.OpenMarker(request.marker()));
  }
  return paging;
}

// `last` is what the page ends with.
template <class Reply>
void EndPage(Reply& reply, const core::Call& call, bool truncated, std::string_view last) {
  reply.set_is_truncated(truncated);
  if (truncated) reply.set_marker(call.MarkerFor(last));
}

// The page of a list within a record. `name` gives the unique name of an item, `add` puts it into
// the reply. A marker whose item has gone starts anew: nothing is left out.
template <class Items, class Name, class Add, class Reply>
void ListItems(const Items& items, const Paging& paging, const Name& name, const Add& add,
               const core::Call& call, Reply& reply) {
  auto from = std::find_if(items.begin(), items.end(), [&](const auto& item) {
    return !paging.after.empty() && name(item) == paging.after;
  });
  from = from == items.end() ? items.begin() : from + 1;
  const auto left = static_cast<std::size_t>(items.end() - from);
  const auto to = from + static_cast<std::ptrdiff_t>(std::min(paging.limit, left));
  for (auto item = from; item != to; ++item) add(*item);
  const bool truncated = to != items.end();
  EndPage(reply, call, truncated, truncated ? name(*(to - 1)) : std::string());
}

// The page of the rows of T below `prefix`. `add` takes a record, returns a Result<bool>: whether
// it belongs to the listing and was put into the reply.
template <class T, class Add, class Reply>
Result<void> ListRows(const std::string& prefix, const Paging& paging, const Add& add,
                      const core::Call& call, Reply& reply) {
  constexpr std::size_t kRowsPerRead = 1000;
  std::string after = paging.after.empty() ? "" : prefix + paging.after;
  std::size_t added = 0;
  for (bool more = true; more;) {
    KM_TRY(const records::Page page, call.services().catalog.List<T>(
                                         prefix, after, std::min(kRowsPerRead, paging.limit + 1)));
    for (const ports::Row& row : page.rows) {
      if (added == paging.limit) {
        EndPage(reply, call, true, std::string_view(after).substr(prefix.size()));
        return {};
      }
      KM_TRY(const T record, records::Table<T>::Decode(row.value));
      KM_TRY(const bool belongs, add(record));
      added += belongs ? 1 : 0;
      after = row.key;
    }
    more = page.truncated;
  }
  EndPage(reply, call, false, {});
  return {};
}

}  // namespace kmaas::operations
