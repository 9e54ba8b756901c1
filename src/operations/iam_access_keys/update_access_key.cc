// UpdateAccessKey: lets an access key rest, or work again.
#include "operations/iam_common/access_keys.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::UpdateAccessKeyResponse> UpdateAccessKey(const iam::UpdateAccessKeyRequest& request,
                                                     AccountCall& call) {
  KM_TRY(const std::string name, NamedOrOwnUser(request, call));
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    const std::string& account = call.principal().account;
    KM_CHECK(TakeEntity<records::User>(changes, account, name));
    KM_TRY(records::StoredAccessKey key,
           TakeAccessKey(changes, account, name, request.access_key_id()));
    key.active = request.status() == StatusText(true);
    return changes.Put(key);
  }));
  return iam::UpdateAccessKeyResponse();
}

}  // namespace kmaas::operations
