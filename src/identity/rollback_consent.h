// One person's consent to go on with an older database: a statement with a MAC by the person's own
// access key.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/digest.h"
#include "ports/store_head.h"

namespace kmaas::identity {

inline constexpr std::chrono::hours kConsentValid{1};

struct RollbackConsent {
  std::string access_key_id;
  WallTime time{};  // whole seconds
  std::string reason;
  std::string mfa_code;         // empty: the person has no device
  ports::StoreHead database;    // the one that is accepted; rows count for nothing
  ports::StoreHead remembered;  // the latest that token or audit trail have; zero: none
  crypto::Sha256Digest mac{};
};

// The MAC over all the rest, under a key derived from the secret of the access key as SigV4 derives
// its own, by names that no request has: a consent is no signature of a request, nor the reverse.
crypto::Sha256Digest ConsentMac(const RollbackConsent& consent, const SecretBytes& secret);

// A JSON object of texts, and back. kValidation for whatever is not exactly one.
std::string RenderConsent(const RollbackConsent& consent);
Result<RollbackConsent> ParseConsent(const std::string& text);

// Why the consent does not count for these two heads at `now`; nothing when it may. Does not look
// at the MAC.
std::optional<Error> RefuseConsent(const RollbackConsent& consent, const ports::StoreHead& database,
                                   const ports::StoreHead& remembered, WallTime now);

}  // namespace kmaas::identity
