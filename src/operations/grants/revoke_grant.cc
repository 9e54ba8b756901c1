// RevokeGrant: ends a grant by permission on its key.
#include "core/grant_rows.h"
#include "operations/grants/grant_rules.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::RevokeGrantResponse> RevokeGrant(const kms::RevokeGrantRequest& request,
                                             KeyCall& call) {
  KM_CHECK(CheckGrantId(request.grant_id()));
  KM_CHECK(call.WriteKey([&](domain::Key& key, records::Changes& changes) -> Result<void> {
    KM_TRY(const bool deleted, core::DeleteGrant(changes, key, request.grant_id()));
    return deleted ? Result<void>() : GrantNotFound(request.grant_id());
  }));
  return kms::RevokeGrantResponse();
}

}  // namespace kmaas::operations
