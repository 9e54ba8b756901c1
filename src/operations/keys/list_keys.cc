// ListKeys: the keys of the caller's account in this Region.
#include <algorithm>

#include "operations/handlers.h"

namespace kmaas::operations {
namespace {

constexpr std::size_t kDefaultLimit = 100;

// Without a word of owners, and with both: the keys of other accounts come after the own ones, and
// there are none, because accounts share nothing by AWS Resource Access Manager here.
bool AsksForOwn(const kms::ListKeysRequest& request) {
  const auto& owners = request.resource_owners();
  return owners.empty() || std::find(owners.begin(), owners.end(), "SELF") != owners.end();
}

}  // namespace

Result<kms::ListKeysResponse> ListKeys(const kms::ListKeysRequest& request, AccountCall& call) {
  std::string after;
  if (request.has_marker()) {
    KM_TRY(after, call.OpenMarker(request.marker()));
  }
  kms::ListKeysResponse reply;
  reply.set_truncated(false);
  if (!AsksForOwn(request)) return reply;
  const std::string prefix = records::AccountKeysPrefix(call.principal().account, call.region());
  const std::size_t limit =
      request.has_limit() ? static_cast<std::size_t>(request.limit()) : kDefaultLimit;
  KM_TRY(const records::Page page,
         call.services().catalog.List<records::AccountKey>(prefix, after, limit));
  for (const ports::Row& row : page.rows) {
    KM_TRY(const records::AccountKey entry, records::Table<records::AccountKey>::Decode(row.value));
    kms::KeyListEntry* listed = reply.add_keys();
    listed->set_key_id(entry.key_id.ToText());
    listed->set_key_arn(domain::KeyArn(entry.region, entry.account, entry.key_id));
  }
  reply.set_truncated(page.truncated);
  if (page.truncated) reply.set_next_marker(call.MarkerFor(page.rows.back().key));
  return reply;
}

}  // namespace kmaas::operations
