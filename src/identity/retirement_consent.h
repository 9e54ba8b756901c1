// One person's consent to destroy a generation of roots: a statement with a MAC by the person's own
// access key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/digest.h"

namespace kmaas::identity {

inline constexpr std::chrono::hours kRetirementConsentValid{1};

struct RetirementConsent {
  std::string access_key_id;
  WallTime time{};  // whole seconds
  std::string reason;
  std::string mfa_code;  // empty: the person has no device
  std::string token_serial;
  std::uint32_t generation = 0;  // of the roots that shall end
  crypto::Sha256Digest mac{};
};

// Over all the rest.
crypto::Sha256Digest RetirementMac(const RetirementConsent& consent, const SecretBytes& secret);

// A JSON object of texts, and back. kValidation for whatever is not exactly one.
std::string RenderRetirementConsent(const RetirementConsent& consent);
Result<RetirementConsent> ParseRetirementConsent(const std::string& text);

// Why the consent does not count for this generation of this token at `now`; nothing when it may.
// Does not look at the MAC.
std::optional<Error> RefuseRetirement(const RetirementConsent& consent,
                                      const std::string& token_serial, std::uint32_t generation,
                                      WallTime now);

}  // namespace kmaas::identity
