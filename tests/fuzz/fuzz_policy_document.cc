// The check of policy documents: any text is accepted or refused, and refused with the one error.
#include <cstdlib>

#include "policy/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto checked = kmaas::policy::CheckDocument({reinterpret_cast<const char*>(data), size});
  if (!checked && checked.error().code != kmaas::ErrorCode::kMalformedPolicyDocument) std::abort();
  return 0;
}
