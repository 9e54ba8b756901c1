#include "domain/principal_names.h"

#include <algorithm>
#include <vector>

#include "domain/iam_names.h"
#include "domain/ids.h"

namespace kmaas::domain {
namespace {

std::vector<std::string_view> SplitAt(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

template <class Predicate>
bool AreFilledWith(const std::vector<std::string_view>& parts, const Predicate& allowed) {
  return std::all_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), allowed);
  });
}

}  // namespace

bool IsPrincipalArn(std::string_view text) {
  const auto arn = Arn::Parse(text);
  if (!arn || arn->partition != kPartition || !arn->region.empty() || !IsAccountId(arn->account))
    return false;
  const std::vector<std::string_view> parts = SplitAt(arn->resource, '/');
  if (!AreFilledWith(parts, IsNameCharacter)) return false;
  const std::string_view kind = parts.front();
  if (arn->service == "iam") {
    return parts.size() == 1 ? kind == "root" : kind == "user" || kind == "role";
  }
  return arn->service == "sts" && ((kind == "assumed-role" && parts.size() == 3) ||
                                   (kind == "federated-user" && parts.size() == 2));
}

bool IsServicePrincipal(std::string_view text) {
  const std::vector<std::string_view> labels = SplitAt(text, '.');
  return labels.size() >= 3 &&
         AreFilledWith(labels, [](char c) { return IsAlphanumeric(c) || c == '-'; });
}

std::string_view LastingNameOf(const Principal& principal) {
  const bool by_id =
      principal.type == PrincipalType::kIamUser || principal.type == PrincipalType::kAssumedRole;
  return by_id ? principal.user_id : principal.arn;
}

bool NamesCaller(std::string_view name, const Principal& caller) {
  return !name.empty() && (name == LastingNameOf(caller) || name == caller.arn);
}

bool NamesRoleOf(std::string_view name, const Principal& caller) {
  return !name.empty() && caller.type == PrincipalType::kAssumedRole && caller.session != nullptr &&
         (name == caller.session->role_id || name == caller.session->role_arn);
}

}  // namespace kmaas::domain
