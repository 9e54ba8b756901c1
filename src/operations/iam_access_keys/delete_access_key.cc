// DeleteAccessKey: from the next call on, nobody can sign with it.
#include "operations/iam_common/access_keys.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeleteAccessKeyResponse> DeleteAccessKey(const iam::DeleteAccessKeyRequest& request,
                                                     AccountCall& call) {
  KM_TRY(const std::string name, NamedOrOwnUser(request, call));
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    const std::string& account = call.principal().account;
    KM_CHECK(TakeEntity<records::User>(changes, account, name));
    KM_TRY(const records::StoredAccessKey key,
           TakeAccessKey(changes, account, name, request.access_key_id()));
    KM_CHECK(changes.Delete<records::UserAccessKey>(
        records::Table<records::UserAccessKey>::RowKey({account, name, key.id})));
    KM_CHECK(changes.Delete<records::AccessKeyUse>(key.id));
    return changes.Delete<records::StoredAccessKey>(key.id);
  }));
  return iam::DeleteAccessKeyResponse();
}

}  // namespace kmaas::operations
