#include "operations/iam_common/entities.h"

#include <algorithm>

#include "identity/enrolment.h"

namespace kmaas::operations {
namespace {

std::string Capitalised(std::string_view kind) {
  std::string text(kind);
  text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

}  // namespace

Error NoSuchEntity(std::string message) { return {ErrorCode::kNotFound, std::move(message)}; }

Error NoSuchNamedEntity(std::string_view kind, const std::string& name) {
  return NoSuchEntity("The " + std::string(kind) + " with name " + name + " cannot be found.");
}

Error NamedEntityExists(std::string_view kind, const std::string& name) {
  return {ErrorCode::kAlreadyExists, Capitalised(kind) + " with name " + name + " already exists."};
}

Result<void> CheckPath(const std::string& path) {
  if (identity::IsUserPath(path)) return {};
  return Error{ErrorCode::kValidation,
               "The specified value for path is invalid. It must begin and end with / and contain "
               "only alphanumeric characters and/or / characters."};
}

Result<void> CheckPathPrefix(const std::string& prefix) {
  const bool is_plain =
      std::all_of(prefix.begin(), prefix.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (is_plain && prefix.starts_with('/')) return {};
  return Error{ErrorCode::kValidation,
               "The specified value for pathPrefix is invalid. It must begin with the / "
               "character."};
}

}  // namespace kmaas::operations
