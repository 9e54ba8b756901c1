// ListSSHPublicKeys: users have no SSH keys here; tools ask before they delete a user.
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListSSHPublicKeysResponse> ListSSHPublicKeys(
    const iam::ListSSHPublicKeysRequest& request, AccountCall& call) {
  KM_TRY(const std::string name, NamedOrOwnUser(request, call));
  KM_CHECK(FindEntity<records::User>(call, name));
  iam::ListSSHPublicKeysResponse reply;
  reply.set_is_truncated(false);
  return reply;
}

}  // namespace kmaas::operations
