// Whoever an OpenID Connect issuer vouches for, as the core sees it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace kmaas::ports {

// What a token proved. Immutable and shared.
struct WebIdentity {
  std::string issuer;    // URL
  std::string provider;  // the same without "https://": names it in ARNs and condition keys
  std::string subject;
  std::string audience;  // azp where there is one, else the audience that is ours
  std::map<std::string, std::vector<std::string>> claims;  // those that are texts
  WallTime issued{};
  WallTime expires{};
  std::optional<WallTime> mfa_time;  // when a second factor was shown
};

// Thread-safe.
class WebIdentityVerifier {
 public:
  virtual ~WebIdentityVerifier() = default;
  // kInvalidIdentityToken, kExpiredIdentityToken, or kIdpCommunication while the issuer's keys are
  // not there.
  virtual Result<std::shared_ptr<const WebIdentity>> Verify(std::string_view token) = 0;
};

}  // namespace kmaas::ports
