// From an ARN to the row of the entity that has it: "arn:aws:iam::111122223333:role/path/name".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "domain/entity_arn.h"
#include "domain/ids.h"
#include "records/catalog.h"

namespace kmaas::records {

// How the ARNs of a kind begin their resource, and where its rows are.
template <class T>
struct ArnForm;
template <>
struct ArnForm<User> {
  static constexpr std::string_view kResource = "user/";
  static constexpr auto kRow = &UserRow;
};
template <>
struct ArnForm<Group> {
  static constexpr std::string_view kResource = "group/";
  static constexpr auto kRow = &GroupRow;
};
template <>
struct ArnForm<Role> {
  static constexpr std::string_view kResource = "role/";
  static constexpr auto kRow = &RoleRow;
};
template <>
struct ArnForm<ManagedPolicy> {
  static constexpr std::string_view kResource = "policy/";
  static constexpr auto kRow = &ManagedPolicyRow;
};
template <>
struct ArnForm<MfaDevice> {
  static constexpr std::string_view kResource = "mfa/";
  static constexpr auto kRow = &MfaDeviceRow;
};

// The row in which whoever has the ARN is, if anybody has it; nothing for the ARNs of other kinds.
template <class T>
std::optional<std::string> RowOfArn(std::string_view arn) {
  const auto parsed = domain::Arn::Parse(arn);
  if (!parsed || parsed->service != "iam" || !domain::IsAccountId(parsed->account) ||
      !parsed->resource.starts_with(ArnForm<T>::kResource))
    return std::nullopt;
  return ArnForm<T>::kRow(parsed->account, domain::NameInArn(arn));
}

// The entity with exactly this ARN; null when there is none. Row keys know neither paths nor case,
// so the row of an ARN may well be that of another.
template <class T>
Result<std::shared_ptr<const T>> FindByArn(Catalog& catalog, std::string_view arn) {
  const std::optional<std::string> row = RowOfArn<T>(arn);
  if (!row) return std::shared_ptr<const T>();
  KM_TRY(std::shared_ptr<const T> found, catalog.Find<T>(*row));
  if (found != nullptr && found->arn() != arn) found = nullptr;
  return found;
}

// The same within a change.
template <class T>
Result<std::optional<T>> FindByArn(Changes& changes, std::string_view arn) {
  const std::optional<std::string> row = RowOfArn<T>(arn);
  if (!row) return std::optional<T>();
  KM_TRY(std::optional<T> found, changes.Get<T>(*row));
  if (found && found->arn() != arn) found.reset();
  return found;
}

}  // namespace kmaas::records
