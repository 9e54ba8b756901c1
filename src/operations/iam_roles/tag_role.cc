// TagRole: adds tags to a role or replaces those that it has.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/tags.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::TagRoleResponse> TagRole(const iam::TagRoleRequest& request, AccountCall& call) {
  KM_TRY(const std::vector<domain::Tag> added, ReadIamTags(request.tags()));
  KM_CHECK(WriteEntity<records::Role>(call, request.role_name(),
                                      [&](records::Role& role, records::Changes& /*changes*/) {
                                        return MergeTags(added, role.tags);
                                      }));
  return iam::TagRoleResponse();
}

}  // namespace kmaas::operations
