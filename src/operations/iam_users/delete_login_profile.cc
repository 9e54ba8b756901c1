// DeleteLoginProfile: users have no passwords here; tools take one away before they delete a user,
// and take it well that there is none.
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeleteLoginProfileResponse> DeleteLoginProfile(
    const iam::DeleteLoginProfileRequest& request, AccountCall& call) {
  KM_TRY(const std::string name, NamedOrOwnUser(request, call));
  KM_CHECK(FindEntity<records::User>(call, name));
  return NoSuchEntity("Login Profile for User " + name + " cannot be found.");
}

}  // namespace kmaas::operations
