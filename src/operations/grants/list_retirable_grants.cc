// ListRetirableGrants: the grants, of whichever key, that a principal of the account may retire
// because they name it.
#include "core/grant_rows.h"
#include "operations/grants/grant_entry.h"
#include "operations/grants/grant_rules.h"
#include "operations/handlers.h"

namespace kmaas::operations {
namespace {

// A caller asks for principals of its account; for services, a service asks.
Result<void> CheckReach(const NamedPrincipal& retiring, const domain::Principal& caller) {
  const bool is_service = caller.type == domain::PrincipalType::kService;
  const bool in_reach = retiring.is_service
                            ? is_service && retiring.arn == caller.arn
                            : domain::Arn::Parse(retiring.arn)->account == caller.account;
  if (in_reach) return {};
  return Error{
      ErrorCode::kAccessDenied,
      "User: " + caller.arn +
          " is not authorized to perform: kms:ListRetirableGrants on resource: " + retiring.arn};
}

}  // namespace

Result<kms::ListRetirableGrantsResponse> ListRetirableGrants(
    const kms::ListRetirableGrantsRequest& request, AccountCall& call) {
  KM_TRY(const NamedPrincipal retiring, RetiringOf(request));
  if (retiring.arn.empty()) {
    return Error{ErrorCode::kValidation,
                 "You must specify either RetiringPrincipal or RetiringServicePrincipal."};
  }
  KM_CHECK(CheckReach(retiring, call.principal()));
  std::string after;
  if (request.has_marker()) {
    KM_TRY(after, call.OpenMarker(request.marker()));
  }
  records::Catalog& catalog = call.services().catalog;
  KM_TRY(const std::string name, NameToList(retiring, catalog));
  const std::string prefix = records::RetirablePrefix(name) + call.region() + "/";
  const std::size_t limit =
      request.has_limit() ? static_cast<std::size_t>(request.limit()) : kGrantsPerPageDefault;
  KM_TRY(const records::Page page, catalog.List<records::RetirableGrant>(prefix, after, limit));
  kms::ListRetirableGrantsResponse reply;
  for (const ports::Row& row : page.rows) {
    KM_TRY(const auto pointer, records::Table<records::RetirableGrant>::Decode(row.value));
    KM_TRY(const auto grant, core::FollowGrant(catalog, pointer));
    if (grant) KM_CHECK(FillEntry(*grant, catalog, *reply.add_grants()));
  }
  reply.set_truncated(page.truncated);
  if (page.truncated) reply.set_next_marker(call.MarkerFor(page.rows.back().key));
  return reply;
}

}  // namespace kmaas::operations
