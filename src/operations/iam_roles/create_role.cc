// CreateRole: a role and who may assume it.
#include "domain/iam_names.h"
#include "identity/enrolment.h"
#include "operations/iam_common/boundaries.h"
#include "operations/iam_common/documents.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_common/quotas.h"
#include "operations/iam_common/tags.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {
namespace {

Result<records::Role> ReadRole(const iam::CreateRoleRequest& request,
                               const core::LastingPolicy& trust, const core::Call& call) {
  records::Role role;
  role.account = call.principal().account;
  role.name = request.role_name();
  role.path = request.has_path() ? request.path() : "/";
  KM_CHECK(CheckPath(role.path));
  KM_TRY(role.tags, ReadIamTags(request.tags()));
  role.role_id = identity::MakeEntityId(domain::kRoleIdPrefix, call.services().random);
  role.created = call.now();
  role.trust_policy = trust.document;
  role.description = request.description();
  if (request.has_max_session_duration())
    role.session_seconds_max = static_cast<std::uint32_t>(request.max_session_duration());
  return role;
}

}  // namespace

Result<iam::CreateRoleResponse> CreateRole(const iam::CreateRoleRequest& request,
                                           AccountCall& call) {
  records::Catalog& catalog = call.services().catalog;
  KM_TRY(const core::LastingPolicy trust,
         ReadTrustDocument(request.assume_role_policy_document(), catalog));
  KM_TRY(records::Role role, ReadRole(request, trust, call));
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_CHECK(RequireFree(changes, role));
    KM_CHECK(RequireRoom<records::Role>(changes, role.account));
    KM_CHECK(core::PutIndex(changes, trust.index));
    if (request.has_permissions_boundary())
      KM_CHECK(SetBoundary(request.permissions_boundary(), role, changes));
    return changes.Put(role);
  }));
  iam::CreateRoleResponse reply;
  KM_CHECK(FillRole(role, Detail::kWhole, catalog, *reply.mutable_role()));
  return reply;
}

}  // namespace kmaas::operations
