#include "core/authoriser.h"

namespace kmaas::core {

Result<std::string> AccountBoundary::Decide(const AccessQuestion& question) {
  if (question.key != nullptr && question.key->account != question.principal.account) {
    if (question.grant_decides) return std::string();
    return ForeignKeyDenied(question.principal, question.action, question.key->arn());
  }
  return std::string("account boundary");
}

Error ForeignKeyDenied(const domain::Principal& principal, std::string_view action,
                       std::string_view key_arn) {
  const std::string act(action);
  return {ErrorCode::kAccessDenied,
          "User: " + principal.arn + " is not authorized to perform: " + act +
              " on resource: " + std::string(key_arn) +
              " because no resource-based policy allows the " + act + " action"};
}

}  // namespace kmaas::core
