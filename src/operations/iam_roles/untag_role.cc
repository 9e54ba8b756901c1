// UntagRole: removes tags by key; a key that is not there is no error.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/tags.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::UntagRoleResponse> UntagRole(const iam::UntagRoleRequest& request, AccountCall& call) {
  KM_CHECK(WriteEntity<records::Role>(call, request.role_name(),
                                      [&](records::Role& role, records::Changes& /*changes*/) {
                                        RemoveTags(request.tag_keys(), role.tags);
                                        return Result<void>();
                                      }));
  return iam::UntagRoleResponse();
}

}  // namespace kmaas::operations
