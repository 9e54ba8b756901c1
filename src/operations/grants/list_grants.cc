// ListGrants: the grants of a key; of one grantee, or the one with an id.
#include "core/grant_rows.h"
#include "operations/grants/grant_entry.h"
#include "operations/grants/grant_rules.h"
#include "operations/handlers.h"

namespace kmaas::operations {
namespace {

// There is at most one, so there is one page.
Result<kms::ListGrantsResponse> ListOne(const std::string& id, const std::string& grantee,
                                        KeyCall& call) {
  KM_CHECK(CheckGrantId(id));
  KM_TRY(const auto grant,
         core::FindGrant(call.services().catalog, call.region(), call.key().id, id));
  kms::ListGrantsResponse reply;
  if (grant && (grantee.empty() || grantee == grant->grantee))
    KM_CHECK(FillEntry(*grant, call.services().catalog, *reply.add_grants()));
  reply.set_truncated(false);
  return reply;
}

}  // namespace

Result<kms::ListGrantsResponse> ListGrants(const kms::ListGrantsRequest& request, KeyCall& call) {
  records::Catalog& catalog = call.services().catalog;
  KM_TRY(const NamedPrincipal named, GranteeOf(request));
  KM_TRY(const std::string grantee, NameToList(named, catalog));
  std::string after;
  if (request.has_marker()) {
    KM_TRY(after, call.OpenMarker(request.marker()));
  }
  if (request.has_grant_id()) return ListOne(request.grant_id(), grantee, call);
  const domain::Key& key = call.key();
  const std::string prefix = grantee.empty() ? records::KeyGrantsPrefix(key.region, key.id)
                                             : records::GranteePrefix(key.region, key.id, grantee);
  const std::size_t limit =
      request.has_limit() ? static_cast<std::size_t>(request.limit()) : kGrantsPerPageDefault;
  KM_TRY(const records::Page page, catalog.List<domain::Grant>(prefix, after, limit));
  kms::ListGrantsResponse reply;
  for (const ports::Row& row : page.rows) {
    KM_TRY(const domain::Grant grant, records::Table<domain::Grant>::Decode(row.value));
    KM_CHECK(FillEntry(grant, catalog, *reply.add_grants()));
  }
  reply.set_truncated(page.truncated);
  if (page.truncated) reply.set_next_marker(call.MarkerFor(page.rows.back().key));
  return reply;
}

}  // namespace kmaas::operations
