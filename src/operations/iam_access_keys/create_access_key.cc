// CreateAccessKey: the only answer that ever has the secret.
#include "identity/enrolment.h"
#include "operations/iam_common/access_keys.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {
namespace {

Result<void> CheckRoom(records::Changes& changes, const records::User& user) {
  KM_TRY(const std::size_t count, CountAccessKeys(changes, user));
  if (count < kAccessKeysPerUserMax) return {};
  return Error{ErrorCode::kLimitExceeded, "Cannot exceed quota for AccessKeysPerUser: " +
                                              std::to_string(kAccessKeysPerUserMax)};
}

}  // namespace

Result<iam::CreateAccessKeyResponse> CreateAccessKey(const iam::CreateAccessKeyRequest& request,
                                                     AccountCall& call) {
  KM_TRY(const std::string name, NamedOrOwnUser(request, call));
  KM_TRY(const auto user, FindEntity<records::User>(call, name));
  const core::Services& services = call.services();
  KM_TRY(const identity::NewAccessKey key,
         identity::MakeAccessKey(*user, services.engine, {services.random, call.now()},
                                 call.deadline()));
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(const records::User current, TakeEntity<records::User>(changes, user->account, name));
    KM_CHECK(CheckRoom(changes, current));
    return identity::AddNew(changes, key.row);
  }));
  iam::CreateAccessKeyResponse reply;
  iam::AccessKey& made = *reply.mutable_access_key();
  made.set_user_name(name);
  made.set_access_key_id(key.row.id);
  made.set_status(std::string(StatusText(true)));
  made.set_create_date(ToEpochSeconds(key.row.created));
  made.set_secret_access_key(ToString(key.secret.view()));
  return reply;
}

}  // namespace kmaas::operations
