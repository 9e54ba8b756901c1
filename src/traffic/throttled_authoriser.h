// The decision, preceded by the quota of the key that it is about.
#pragma once

#include <string>

#include "core/authoriser.h"
#include "traffic/call_quotas.h"

namespace kmaas::traffic {

// Thread-safe; borrows all. Which quota a use of a key counts against is known once the key is
// found, and a refusal costs as much as a permission: so both count, before the decision.
class ThrottledAuthoriser final : public core::Authoriser {
 public:
  ThrottledAuthoriser(core::Authoriser& inner, CallQuotas& quotas, std::string region)
      : inner_(inner), quotas_(quotas), region_(std::move(region)) {}

  Result<core::Verdict> Decide(const core::AccessQuestion& question) override {
    KM_CHECK(quotas_.AdmitUse(question, region_));
    return inner_.Decide(question);
  }

 private:
  core::Authoriser& inner_;
  CallQuotas& quotas_;
  const std::string region_;
};

}  // namespace kmaas::traffic
