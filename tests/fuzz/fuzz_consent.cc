// Consents that persons bring in files: what is read renders to a text that reads the same.
#include <cstdlib>

#include "identity/retirement_consent.h"
#include "identity/rollback_consent.h"

using namespace kmaas::identity;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto consent = ParseConsent(text)) {
    const std::string rendered = RenderConsent(*consent);
    const auto again = ParseConsent(rendered);
    if (!again || RenderConsent(*again) != rendered) std::abort();
  }
  if (const auto consent = ParseRetirementConsent(text)) {
    const std::string rendered = RenderRetirementConsent(*consent);
    const auto again = ParseRetirementConsent(rendered);
    if (!again || RenderRetirementConsent(*again) != rendered) std::abort();
  }
  return 0;
}
