// RetireGrant: ends a grant by a right that stands in the grant itself.
#include "core/authoriser.h"
#include "core/grant_rows.h"
#include "core/grant_token.h"
#include "core/resolver.h"
#include "operations/grants/grant_rules.h"
#include "operations/handlers.h"

namespace kmaas::operations {
namespace {

Error Denied(const kms::RetireGrantRequest& request, const AccountCall& call) {
  constexpr char kAction[] = "kms:RetireGrant";
  if (request.has_grant_token()) return core::GrantKeyDenied(call.principal(), kAction);
  return core::ForeignKeyDenied(call.principal(), kAction, request.key_id());
}

Result<domain::Grant> FindNamedGrant(const kms::RetireGrantRequest& request,
                                     const AccountCall& call) {
  const bool by_id = request.has_key_id() && request.has_grant_id();
  const bool by_parts = request.has_key_id() || request.has_grant_id();
  if (request.has_grant_token() ? by_parts : !by_id) {
    return Error{ErrorCode::kValidation,
                 "You must specify either a grant token, or both a grant ID and a key ID."};
  }
  std::string id = request.grant_id();
  if (request.has_grant_token()) {
    KM_TRY(const auto pointer, core::OpenGrantToken(call.services(), request.grant_token()));
    id = pointer->grant_id;
  }
  KM_CHECK(CheckGrantId(id));
  KM_TRY(std::optional<domain::Grant> grant,
         core::FindGrant(call.services().catalog, call.region(), call.named_key()->id, id));
  if (!grant) return GrantNotFound(id);
  return *std::move(grant);
}

Result<void> Delete(const domain::Grant& grant, AccountCall& call) {
  return call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(std::optional<domain::Key> key,
           changes.Get<domain::Key>(records::KeyRow(grant.region, grant.key_id)));
    if (!key) return GrantNotFound(grant.id);
    KM_TRY(const bool deleted, core::DeleteGrant(changes, *key, grant.id));
    return deleted ? changes.Put(*key) : GrantNotFound(grant.id);
  });
}

}  // namespace

Result<kms::RetireGrantResponse> RetireGrant(const kms::RetireGrantRequest& request,
                                             AccountCall& call) {
  const Result<domain::Grant> grant = FindNamedGrant(request, call);
  if (!grant) {
    // Whoever has nothing to do with a key of another account learns nothing of it.
    const domain::Key* key = call.named_key();
    const bool is_stranger =
        key != nullptr && key->account != call.principal().account && !call.policies_allow();
    return is_stranger ? Denied(request, call) : grant.error();
  }
  const auto right = domain::RightToRetire(*grant, call.principal(), call.policies_allow());
  if (!right) return Denied(request, call);
  call.SetRetiredGrant(grant->id, *right);
  KM_CHECK(Delete(*grant, call));
  return kms::RetireGrantResponse();
}

}  // namespace kmaas::operations
