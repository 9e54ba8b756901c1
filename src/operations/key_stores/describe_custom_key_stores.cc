// DescribeCustomKeyStores: the stores of the caller's account in this Region, or one of them.
#include "operations/handlers.h"
#include "operations/key_stores/key_store_rules.h"
#include "records/every_row.h"

namespace kmaas::operations {
namespace {

constexpr std::size_t kDefaultLimit = 100;

void Describe(const domain::CustomKeyStore& store, kms::CustomKeyStoresListEntry& entry) {
  entry.set_custom_key_store_id(store.id);
  entry.set_custom_key_store_name(store.name);
  entry.set_cloud_hsm_cluster_id(store.cloud_hsm_cluster_id);
  entry.set_trust_anchor_certificate(store.trust_anchor_certificate);
  entry.set_connection_state(std::string(ToText(store.connection_state)));
  if (store.connection_error_code)
    entry.set_connection_error_code(std::string(ToText(*store.connection_error_code)));
  entry.set_creation_date(ToEpochSeconds(store.created));
  entry.set_custom_key_store_type(std::string(ToText(store.type)));
}

Result<kms::DescribeCustomKeyStoresResponse> DescribeNamed(const std::string& name,
                                                           const std::string& prefix,
                                                           const AccountCall& call) {
  KM_TRY(const auto stores,
         records::EveryRow<domain::CustomKeyStore>(call.services().catalog, prefix));
  kms::DescribeCustomKeyStoresResponse reply;
  for (const domain::CustomKeyStore& store : stores)
    if (store.name == name) Describe(store, *reply.add_custom_key_stores());
  if (reply.custom_key_stores().empty())
    return Error{ErrorCode::kCustomKeyStoreNotFound,
                 "The custom key store '" + name + "' does not exist."};
  reply.set_truncated(false);
  return reply;
}

Result<kms::DescribeCustomKeyStoresResponse> DescribeAll(
    const kms::DescribeCustomKeyStoresRequest& request, const std::string& prefix,
    const AccountCall& call) {
  std::string after;
  if (request.has_marker()) {
    KM_TRY(after, call.OpenMarker(request.marker()));
  }
  const std::size_t limit =
      request.has_limit() ? static_cast<std::size_t>(request.limit()) : kDefaultLimit;
  KM_TRY(const records::Page page,
         call.services().catalog.List<domain::CustomKeyStore>(prefix, after, limit));
  kms::DescribeCustomKeyStoresResponse reply;
  for (const ports::Row& row : page.rows) {
    KM_TRY(const auto store, records::Table<domain::CustomKeyStore>::Decode(row.value));
    Describe(store, *reply.add_custom_key_stores());
  }
  reply.set_truncated(page.truncated);
  if (page.truncated) reply.set_next_marker(call.MarkerFor(page.rows.back().key));
  return reply;
}

}  // namespace

Result<kms::DescribeCustomKeyStoresResponse> DescribeCustomKeyStores(
    const kms::DescribeCustomKeyStoresRequest& request, AccountCall& call) {
  if (request.has_custom_key_store_id() && request.has_custom_key_store_name())
    return Error{ErrorCode::kValidation,
                 "You can specify CustomKeyStoreId or CustomKeyStoreName, but not both."};
  if (request.has_custom_key_store_id()) {
    KM_TRY(const auto store, FindStore(call, request.custom_key_store_id()));
    kms::DescribeCustomKeyStoresResponse reply;
    Describe(*store, *reply.add_custom_key_stores());
    reply.set_truncated(false);
    return reply;
  }
  const std::string prefix =
      records::CustomKeyStoresPrefix(call.principal().account, call.region());
  if (request.has_custom_key_store_name())
    return DescribeNamed(request.custom_key_store_name(), prefix, call);
  return DescribeAll(request, prefix, call);
}

}  // namespace kmaas::operations
