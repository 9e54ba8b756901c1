// The canonical request and the string to sign of SigV4, byte for byte.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "crypto/digest.h"
#include "identity/sigv4_claim.h"

namespace kmaas::identity {

using HexDigest = std::array<char, 64>;
HexDigest ToHex(const crypto::Sha256Digest& digest);  // lower case
inline std::string_view AsView(const HexDigest& hex) { return {hex.data(), hex.size()}; }

// What is canonicalised beside the request itself.
struct CanonicalInput {
  const SigningFields& fields;
  std::string_view signed_headers;  // names in lower case, joined with ';'
  std::string_view body_hash;       // 64 hex digits
  bool presigned = false;           // leaves X-Amz-Signature out of the query
  bool normalize_path = true;
  // Leaves X-Amz-Security-Token out of the query, as some services want it signed.
  bool omit_security_token = false;
};

// Appends to `out`. False when a signed header is not in the request.
[[nodiscard]] bool AppendCanonicalRequest(std::string& out, const SignedRequest& request,
                                          const CanonicalInput& input);
// Appends to `out`.
void AppendStringToSign(std::string& out, const SigV4Claim& claim,
                        std::string_view canonical_request);

// HMAC chain over day, region, service and terminator. Source: AWS General Reference, "Create a
// signed AWS API request". The result signs strings to sign.
crypto::Sha256Digest DeriveSigningKey(ByteView secret, const CredentialScope& scope);

}  // namespace kmaas::identity
