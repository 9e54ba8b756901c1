// The check of policy documents: any text is accepted or refused, and refused with the one error.
#include <cstdlib>

#include "policy/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto checked = kmaas::policy::Policy::Compile({reinterpret_cast<const char*>(data), size},
                                                      kmaas::policy::PolicyKind::kKey);
  if (!checked && checked.error().code != kmaas::ErrorCode::kMalformedPolicyDocument) std::abort();
  return 0;
}
