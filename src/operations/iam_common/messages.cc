#include "operations/iam_common/messages.h"

#include "core/lasting_names.h"

namespace kmaas::operations {
namespace {

// What a boundary is called; there is no other type.
constexpr char kBoundaryType[] = "Policy";

template <class Record, class Message>
void FillBoundaryAndTags(const Record& record, Message& message) {
  if (!record.permissions_boundary.empty()) {
    iam::AttachedPermissionsBoundary& boundary = *message.mutable_permissions_boundary();
    boundary.set_permissions_boundary_type(kBoundaryType);
    boundary.set_permissions_boundary_arn(record.permissions_boundary);
  }
  for (const domain::Tag& tag : record.tags) Fill(tag, *message.add_tags());
}

template <class Record, class Message>
void FillPlace(const Record& record, Message& message) {
  message.set_path(record.path);
  message.set_arn(record.arn());
  message.set_create_date(ToEpochSeconds(record.created));
}

}  // namespace

void Fill(const records::User& user, Detail detail, iam::User& message) {
  FillPlace(user, message);
  message.set_user_name(user.name);
  message.set_user_id(user.user_id);
  if (detail == Detail::kWhole) FillBoundaryAndTags(user, message);
}

void Fill(const records::Group& group, iam::Group& message) {
  FillPlace(group, message);
  message.set_group_name(group.name);
  message.set_group_id(group.group_id);
}

Result<void> FillRole(const records::Role& role, Detail detail, records::Catalog& catalog,
                      iam::Role& message) {
  KM_TRY(std::string trust, core::ShownPolicy(catalog, role.trust_policy));
  FillPlace(role, message);
  message.set_role_name(role.name);
  message.set_role_id(role.role_id);
  message.set_assume_role_policy_document(std::move(trust));
  if (!role.description.empty()) message.set_description(role.description);
  message.set_max_session_duration(static_cast<std::int32_t>(role.session_seconds_max));
  if (detail == Detail::kWhole) FillBoundaryAndTags(role, message);
  return {};
}

void Fill(const domain::Tag& tag, iam::Tag& message) {
  message.set_key(tag.key);
  message.set_value(tag.value);
}

}  // namespace kmaas::operations
