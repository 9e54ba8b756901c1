// ListSigningCertificates: users have no certificates here; tools ask before they delete a user.
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListSigningCertificatesResponse> ListSigningCertificates(
    const iam::ListSigningCertificatesRequest& request, AccountCall& call) {
  KM_TRY(const std::string name, NamedOrOwnUser(request, call));
  KM_CHECK(FindEntity<records::User>(call, name));
  iam::ListSigningCertificatesResponse reply;
  reply.set_is_truncated(false);
  return reply;
}

}  // namespace kmaas::operations
