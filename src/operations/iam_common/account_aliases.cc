#include "operations/iam_common/account_aliases.h"

#include <algorithm>

#include "domain/ids.h"
#include "operations/iam_common/entities.h"
#include "records/every_row.h"

namespace kmaas::operations {

Result<void> CheckAccountAlias(const std::string& alias) {
  const auto is_plain = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
  const bool well_formed =
      std::all_of(alias.begin(), alias.end(), [&](char c) { return is_plain(c) || c == '-'; }) &&
      is_plain(alias.front()) && is_plain(alias.back()) && alias.find("--") == std::string::npos;
  if (well_formed && !domain::IsAccountId(alias)) return {};
  return Error{ErrorCode::kValidation,
               "The specified value for accountAlias is invalid. It must contain only digits, "
               "lowercase letters, and hyphens, and cannot begin or end with a hyphen or have two "
               "consecutive hyphens."};
}

Result<records::Account> TakeAccount(records::Changes& changes, const core::Call& call) {
  KM_TRY(std::optional<records::Account> account,
         changes.Get<records::Account>(call.principal().account));
  if (account) return *std::move(account);
  return NoSuchEntity("The account " + call.principal().account + " cannot be found.");
}

Result<bool> IsAliasTaken(records::Changes& changes, const std::string& alias,
                          const std::string& but_by_account) {
  bool taken = false;
  KM_CHECK(records::ForEachRow<records::Account>(changes, "", [&](const records::Account& one) {
    taken = taken || (one.alias == alias && one.id != but_by_account);
  }));
  return taken;
}

}  // namespace kmaas::operations
