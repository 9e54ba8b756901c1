// CreateGrant: lets one principal do some operations with a key.
#include "base/encoding.h"
#include "core/grant_rows.h"
#include "core/grant_token.h"
#include "operations/grants/grant_rules.h"
#include "operations/grants/narrowing.h"
#include "operations/handlers.h"

namespace kmaas::operations {
namespace {

// A service acts for many: whose call it passes on, and who may end that, has to be said.
Result<void> CheckServiceGrantee(const domain::Grant& grant) {
  if (!grant.grantee_is_service) return {};
  if (grant.constraints.source_arn.empty()) {
    return Error{ErrorCode::kValidation,
                 "A grant to a service principal must have a SourceArn grant constraint."};
  }
  if (grant.retiring.empty()) {
    return Error{ErrorCode::kValidation,
                 "A grant to a service principal must have a RetiringPrincipal or a "
                 "RetiringServicePrincipal."};
  }
  return {};
}

std::string NewGrantId(const core::Services& services) {
  std::array<std::uint8_t, 32> bits{};
  services.random.Fill(bits);
  return HexEncode(bits);
}

// Whom the request names, and what the grant keeps of them.
struct Parties {
  NamedPrincipal grantee;
  NamedPrincipal retiring;
  core::LastingName kept_grantee;
  core::LastingName kept_retiring;
};

Result<Parties> ReadParties(const kms::CreateGrantRequest& request, const KeyCall& call) {
  Parties parties;
  KM_TRY(parties.grantee, GranteeOf(request));
  if (parties.grantee.arn.empty()) {
    return Error{ErrorCode::kValidation,
                 "You must specify either GranteePrincipal or GranteeServicePrincipal."};
  }
  KM_TRY(parties.retiring, RetiringOf(request));
  KM_TRY(parties.kept_grantee, NameFor(parties.grantee, call.services().catalog));
  KM_TRY(parties.kept_retiring, NameFor(parties.retiring, call.services().catalog));
  return parties;
}

Result<domain::Grant> ReadGrant(const kms::CreateGrantRequest& request, const Parties& parties,
                                const KeyCall& call) {
  const domain::Key& key = call.key();
  domain::Grant grant{.id = NewGrantId(call.services()),
                      .key_id = key.id,
                      .account = key.account,
                      .region = key.region,
                      .name = request.name(),
                      .grantee = parties.kept_grantee.name,
                      .retiring = parties.kept_retiring.name,
                      .grantee_is_service = parties.grantee.is_service,
                      .retiring_is_service = parties.retiring.is_service,
                      .issuing_account = call.principal().account,
                      .issuing_principal = call.principal().arn,
                      .operations = {},
                      .constraints = {},
                      .created = call.now()};
  KM_TRY(grant.operations, ReadOperations(request.operations(), key));
  if (request.has_constraints()) {
    KM_TRY(grant.constraints, ReadConstraints(request.constraints()));
  }
  KM_CHECK(CheckServiceGrantee(grant));
  return grant;
}

}  // namespace

Result<kms::CreateGrantResponse> CreateGrant(const kms::CreateGrantRequest& request,
                                             KeyCall& call) {
  KM_TRY(const Parties parties, ReadParties(request, call));
  KM_TRY(const domain::Grant grant, ReadGrant(request, parties, call));
  KM_CHECK(CheckNarrowing(grant, call.authorising_grant(), call.principal()));
  std::string id;
  KM_CHECK(call.WriteKey([&](domain::Key& key, records::Changes& changes) -> Result<void> {
    KM_TRY(const std::optional<std::string> same, core::FindSameGrant(changes, grant));
    id = same.value_or(grant.id);
    call.SetResponseElements(R"({"grantId":")" + id + R"(","keyId":")" + key.arn() + R"("})");
    if (same) return {};
    KM_CHECK(core::PutIndex(changes, parties.kept_grantee.index));
    KM_CHECK(core::PutIndex(changes, parties.kept_retiring.index));
    return core::PutGrant(changes, key, grant);
  }));
  kms::CreateGrantResponse reply;
  reply.set_grant_id(id);
  reply.set_grant_token(core::MakeGrantToken(call.services(), grant.key_id, id));
  return reply;
}

}  // namespace kmaas::operations
