// ListAliases: the aliases of the account in this Region, or of one key.
#include "operations/handlers.h"

namespace kmaas::operations {
namespace {

constexpr std::size_t kDefaultLimit = 50;

void AddEntry(const domain::Alias& alias, kms::ListAliasesResponse& reply) {
  kms::AliasListEntry* entry = reply.add_aliases();
  entry->set_alias_name(alias.name);
  entry->set_alias_arn(alias.arn());
  entry->set_target_key_id(alias.target.ToText());
  entry->set_creation_date(ToEpochSeconds(alias.created));
  entry->set_last_updated_date(ToEpochSeconds(alias.updated));
}

Result<void> AddOfAccount(const records::Page& page, kms::ListAliasesResponse& reply) {
  for (const ports::Row& row : page.rows) {
    KM_TRY(const domain::Alias alias, records::Table<domain::Alias>::Decode(row.value));
    AddEntry(alias, reply);
  }
  return {};
}

Result<void> AddOfKey(const records::Page& page, AccountCall& call,
                      kms::ListAliasesResponse& reply) {
  const domain::Key& key = *call.named_key();
  for (const ports::Row& row : page.rows) {
    KM_TRY(const records::KeyAlias index, records::Table<records::KeyAlias>::Decode(row.value));
    KM_TRY(const auto alias, call.services().catalog.Find<domain::Alias>(
                                 records::AliasRow(key.account, key.region, index.alias_name)));
    // Between two reads the alias may have gone or moved; then it is not one of this key's.
    if (alias != nullptr && alias->target == key.id) AddEntry(*alias, reply);
  }
  return {};
}

}  // namespace

Result<kms::ListAliasesResponse> ListAliases(const kms::ListAliasesRequest& request,
                                             AccountCall& call) {
  std::string after;
  if (request.has_marker()) {
    KM_TRY(after, call.OpenMarker(request.marker()));
  }
  const std::size_t limit =
      request.has_limit() ? static_cast<std::size_t>(request.limit()) : kDefaultLimit;
  records::Catalog& catalog = call.services().catalog;
  kms::ListAliasesResponse reply;
  records::Page page;
  if (const domain::Key* key = call.named_key(); key != nullptr) {
    KM_TRY(page, catalog.List<records::KeyAlias>(records::KeyAliasesPrefix(key->region, key->id),
                                                 after, limit));
    KM_CHECK(AddOfKey(page, call, reply));
  } else {
    KM_TRY(page, catalog.List<domain::Alias>(
                     records::AccountAliasesPrefix(call.principal().account, call.region()), after,
                     limit));
    KM_CHECK(AddOfAccount(page, reply));
  }
  reply.set_truncated(page.truncated);
  if (page.truncated) reply.set_next_marker(call.MarkerFor(page.rows.back().key));
  return reply;
}

}  // namespace kmaas::operations
