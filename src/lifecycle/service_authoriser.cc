#include "lifecycle/service_authoriser.h"

namespace kmaas::lifecycle {

domain::Principal ServiceIn(const std::string& account) {
  return {domain::PrincipalType::kService, account, kInvokedBy, "", "", "", nullptr};
}

Result<core::Verdict> ServiceAuthoriser::Decide(const core::AccessQuestion& question) {
  const domain::Principal& caller = question.principal;
  if (caller.type == domain::PrincipalType::kService && caller.arn == kInvokedBy &&
      question.key != nullptr && question.key->account == caller.account)
    return core::Verdict{"the schedule of the key", nullptr};
  return Error{ErrorCode::kAccessDenied, "Only the service does this."};
}

}  // namespace kmaas::lifecycle
