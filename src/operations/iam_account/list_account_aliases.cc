// ListAccountAliases: the alias of the account, if it has one.
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListAccountAliasesResponse> ListAccountAliases(
    const iam::ListAccountAliasesRequest& /*request*/, AccountCall& call) {
  KM_TRY(const auto account,
         call.services().catalog.Find<records::Account>(call.principal().account));
  iam::ListAccountAliasesResponse reply;
  if (account != nullptr && !account->alias.empty()) reply.add_account_aliases(account->alias);
  reply.set_is_truncated(false);
  return reply;
}

}  // namespace kmaas::operations
