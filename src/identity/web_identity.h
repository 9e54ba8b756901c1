// OpenID Connect issuers and the tokens that they sign: which are believed, and what they prove.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "identity/jwks.h"
#include "identity/token_cache.h"
#include "ports/web_identity.h"

namespace kmaas::identity {

struct Issuer {
  std::string url;  // compared whole with iss
  std::vector<std::string> audiences;
  // A token with one of these in amr, or as its acr, proves a second factor.
  std::vector<std::string> mfa_amr = {};
  std::vector<std::string> mfa_acr = {};
};

// Thread-safe. Believes only issuers that were configured, and only keys that were given to it:
// nothing in a token or in a request makes the server fetch anything.
class WebIdentities final : public ports::WebIdentityVerifier {
 public:
  // Borrows the clock.
  WebIdentities(std::vector<Issuer> issuers, const Clock& clock);
  ~WebIdentities() override;

  // Replaces the keys of an issuer; tokens by keys that are gone are refused from then on. An error
  // (KeySet::Parse) changes nothing.
  Result<void> SetKeys(std::string_view issuer_url, std::string_view jwks);

  Result<std::shared_ptr<const ports::WebIdentity>> Verify(std::string_view token) override;

 private:
  struct Known;     // an issuer and its keys
  struct Verified;  // a token whose signature holds

  Known* Find(std::string_view issuer_url);
  // Of a token whose signature holds, the same each time.
  Result<std::shared_ptr<const Verified>> CheckSignature(std::string_view token);

  const Clock& clock_;
  std::vector<std::unique_ptr<Known>> issuers_;
  TokenCache<Verified> cache_;
};

}  // namespace kmaas::identity
