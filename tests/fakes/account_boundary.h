// An authoriser without policies: a principal acts on the keys of its own account.
#pragma once

#include "core/authoriser.h"

namespace kmaas::fakes {

class AccountBoundary final : public core::Authoriser {
 public:
  Result<core::Verdict> Decide(const core::AccessQuestion& question) override {
    if (question.key != nullptr && question.key->account != question.principal.account) {
      if (question.grant_decides) return core::Verdict{};
      return core::ForeignKeyDenied(question.principal, question.action, question.key->arn());
    }
    return core::Verdict{"account boundary", nullptr};
  }
};

}  // namespace kmaas::fakes
