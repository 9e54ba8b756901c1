// UpdateUser: another name or path; groups, policies, access keys and devices follow.
#include "operations/iam_common/access_keys.h"
#include "operations/iam_common/mfa_devices.h"
#include "operations/iam_common/moving.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {
namespace {

struct Move {
  const records::User& old;
  const records::User& moved;
  // The access keys as they were when the call began, and sealed for the new name.
  const std::vector<records::StoredAccessKey>& old_keys;
  const std::vector<records::StoredAccessKey>& new_keys;
};

Error ChangedMeanwhile() {
  return {ErrorCode::kConcurrentModification, "The user was changed at the same time. Try again."};
}

Result<void> MoveAccessKeys(records::Changes& changes, const Move& move) {
  KM_TRY(const std::size_t count, CountAccessKeys(changes, move.old));
  if (count != move.old_keys.size()) return ChangedMeanwhile();
  for (std::size_t i = 0; i < count; ++i) {
    const records::StoredAccessKey& old = move.old_keys[i];
    KM_TRY(const auto current, changes.Get<records::StoredAccessKey>(old.id));
    if (!current || current->sealed_secret != old.sealed_secret) return ChangedMeanwhile();
    records::StoredAccessKey moved = move.new_keys[i];
    moved.active = current->active;
    KM_CHECK(changes.Delete<records::UserAccessKey>(
        records::Table<records::UserAccessKey>::RowKey({old.account, old.user_name, old.id})));
    KM_CHECK(changes.Put(moved));
    KM_CHECK(changes.Put(records::UserAccessKey{moved.account, moved.user_name, moved.id}));
  }
  return {};
}

Result<void> MoveMembershipsAndDevices(records::Changes& changes, const Move& move) {
  const std::string& account = move.old.account;
  for (const std::string& group : move.old.groups) {
    KM_CHECK(changes.Delete<records::GroupMember>(
        records::Table<records::GroupMember>::RowKey({account, group, move.old.name})));
    KM_CHECK(changes.Put(records::GroupMember{account, group, move.moved.name}));
  }
  KM_TRY(std::vector<records::MfaDevice> devices, DevicesOfUser(changes, account, move.old.name));
  for (records::MfaDevice& device : devices) {
    device.user_name = move.moved.name;
    KM_CHECK(changes.Put(device));
  }
  return {};
}

Result<void> MoveBoundary(records::Changes& changes, const Move& move) {
  if (move.old.permissions_boundary.empty()) return {};
  KM_CHECK(changes.Delete<records::PolicyUse>(records::Table<records::PolicyUse>::RowKey(
      {move.old.permissions_boundary, move.old.arn(), true})));
  return changes.Put(records::PolicyUse{move.moved.permissions_boundary, move.moved.arn(), true});
}

}  // namespace

Result<iam::UpdateUserResponse> UpdateUser(const iam::UpdateUserRequest& request,
                                           AccountCall& call) {
  const std::string name =
      request.has_new_user_name() ? request.new_user_name() : request.user_name();
  if (request.has_new_path()) KM_CHECK(CheckPath(request.new_path()));
  KM_CHECK(FindEntity<records::User>(call, request.user_name()));
  KM_TRY(const auto old_keys, AccessKeysOf(call, request.user_name()));
  KM_TRY(const auto new_keys, ResealFor(call, old_keys, name));
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(const records::User old,
           TakeEntity<records::User>(changes, call.principal().account, request.user_name()));
    records::User moved = old;
    moved.name = name;
    if (request.has_new_path()) moved.path = request.new_path();
    const Move move{old, moved, old_keys, new_keys};
    KM_CHECK(Replace(changes, old, moved));
    KM_CHECK(changes.Put(records::PrincipalArn{moved.user_id, moved.arn()}));
    KM_CHECK(MoveBoundary(changes, move));
    KM_CHECK(MoveAccessKeys(changes, move));
    return MoveMembershipsAndDevices(changes, move);
  }));
  return iam::UpdateUserResponse();
}

}  // namespace kmaas::operations
