// DeleteAccountAlias: takes the alias off the account.
#include "operations/iam_common/account_aliases.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeleteAccountAliasResponse> DeleteAccountAlias(
    const iam::DeleteAccountAliasRequest& request, AccountCall& call) {
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(records::Account account, TakeAccount(changes, call));
    if (account.alias != request.account_alias())
      return NoSuchEntity("The account alias " + request.account_alias() + " cannot be found.");
    account.alias.clear();
    return changes.Put(account);
  }));
  return iam::DeleteAccountAliasResponse();
}

}  // namespace kmaas::operations
