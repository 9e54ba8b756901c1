// CreateAccountAlias: names the account; a further alias replaces the one before.
#include "operations/iam_common/account_aliases.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::CreateAccountAliasResponse> CreateAccountAlias(
    const iam::CreateAccountAliasRequest& request, AccountCall& call) {
  const std::string& alias = request.account_alias();
  KM_CHECK(CheckAccountAlias(alias));
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(records::Account account, TakeAccount(changes, call));
    KM_TRY(const bool taken, IsAliasTaken(changes, alias, account.id));
    if (taken) {
      return Error{ErrorCode::kAlreadyExists, "The account alias " + alias + " already exists."};
    }
    account.alias = alias;
    return changes.Put(account);
  }));
  return iam::CreateAccountAliasResponse();
}

}  // namespace kmaas::operations
