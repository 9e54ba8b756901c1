// ListAccessKeys: the access keys of a user, without secrets.
#include "operations/iam_common/access_keys.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListAccessKeysResponse> ListAccessKeys(const iam::ListAccessKeysRequest& request,
                                                   AccountCall& call) {
  KM_TRY(const std::string name, NamedOrOwnUser(request, call));
  KM_CHECK(FindEntity<records::User>(call, name));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  KM_TRY(const auto keys, AccessKeysOf(call, name));
  iam::ListAccessKeysResponse reply;
  ListItems(
      keys, paging, [](const records::StoredAccessKey& key) { return key.id; },
      [&reply](const records::StoredAccessKey& key) {
        iam::AccessKeyMetadata& listed = *reply.add_access_key_metadata();
        listed.set_user_name(key.user_name);
        listed.set_access_key_id(key.id);
        listed.set_status(std::string(StatusText(key.active)));
        listed.set_create_date(ToEpochSeconds(key.created));
      },
      call, reply);
  return reply;
}

}  // namespace kmaas::operations
