// CreateGroup: a group without members and policies.
#include "domain/iam_names.h"
#include "identity/enrolment.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_common/quotas.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::CreateGroupResponse> CreateGroup(const iam::CreateGroupRequest& request,
                                             AccountCall& call) {
  records::Group group;
  group.account = call.principal().account;
  group.name = request.group_name();
  group.path = request.has_path() ? request.path() : "/";
  KM_CHECK(CheckPath(group.path));
  group.group_id = identity::MakeEntityId(domain::kGroupIdPrefix, call.services().random);
  group.created = call.now();
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_CHECK(RequireFree(changes, group));
    KM_CHECK(RequireRoom<records::Group>(changes, group.account));
    return changes.Put(group);
  }));
  iam::CreateGroupResponse reply;
  Fill(group, *reply.mutable_group());
  return reply;
}

}  // namespace kmaas::operations
