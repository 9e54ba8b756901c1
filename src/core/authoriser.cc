#include "core/authoriser.h"

#include "domain/ids.h"

namespace kmaas::core {

std::string ResourceAccountOf(const AccessQuestion& question) {
  if (question.key != nullptr) return question.key->account;
  const auto arn = domain::Arn::Parse(question.resource);
  return arn && domain::IsAccountId(arn->account) ? arn->account : question.principal.account;
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
