// Finding entities of IAM by name, and AWS's answers when they are not there or there already.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "core/call.h"
#include "records/tables.h"

namespace kmaas::operations {

// How IAM calls the kinds of entities, and where they are.
template <class T>
struct EntityKindOf;
template <>
struct EntityKindOf<records::User> {
  static constexpr std::string_view kText = "user";
  static constexpr auto kRow = &records::UserRow;
};
template <>
struct EntityKindOf<records::Group> {
  static constexpr std::string_view kText = "group";
  static constexpr auto kRow = &records::GroupRow;
};
template <>
struct EntityKindOf<records::Role> {
  static constexpr std::string_view kText = "role";
  static constexpr auto kRow = &records::RoleRow;
};

Error NoSuchEntity(std::string message);
Error NoSuchNamedEntity(std::string_view kind, const std::string& name);
Error NamedEntityExists(std::string_view kind, const std::string& name);

// The entity of the caller's account with exactly this name. IAM tells names apart without regard
// to case, so another spelling names nothing and could not be made either.
template <class T>
Result<std::shared_ptr<const T>> FindEntity(const core::Call& call, const std::string& name) {
  KM_TRY(auto found,
         call.services().catalog.Find<T>(EntityKindOf<T>::kRow(call.principal().account, name)));
  if (found == nullptr || found->name != name)
    return NoSuchNamedEntity(EntityKindOf<T>::kText, name);
  return found;
}

// The same within a change.
template <class T>
Result<T> TakeEntity(records::Changes& changes, const std::string& account,
                     const std::string& name) {
  KM_TRY(std::optional<T> found, changes.Get<T>(EntityKindOf<T>::kRow(account, name)));
  if (!found || found->name != name) return NoSuchNamedEntity(EntityKindOf<T>::kText, name);
  return *std::move(found);
}

template <class T>
Result<void> RequireFree(records::Changes& changes, const T& entity) {
  KM_TRY(const std::optional<T> present,
         changes.Get<T>(EntityKindOf<T>::kRow(entity.account, entity.name)));
  if (present) return NamedEntityExists(EntityKindOf<T>::kText, entity.name);
  return {};
}

// Re-reads the entity inside the transaction of the call, hands it to `change`, and stores it.
// `change` is a function of (T&, records::Changes&) to a Result<void>.
template <class T, class Change>
Result<void> WriteEntity(core::Call& call, const std::string& name, const Change& change) {
  return call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(T entity, TakeEntity<T>(changes, call.principal().account, name));
    KM_CHECK(change(entity, changes));
    return changes.Put(entity);
  });
}

// The user that a request names, or the caller's own. kValidation when it names none and the caller
// is no user.
template <class Request>
Result<std::string> NamedOrOwnUser(const Request& request, const core::Call& call) {
  if (request.has_user_name()) return request.user_name();
  if (!call.principal().user_name.empty()) return call.principal().user_name;
  return Error{ErrorCode::kValidation,
               "Must specify userName when calling with non-User credentials"};
}

// kValidation unless it is "/" or begins and ends with one.
Result<void> CheckPath(const std::string& path);
// kValidation unless it begins with "/".
Result<void> CheckPathPrefix(const std::string& prefix);

}  // namespace kmaas::operations
