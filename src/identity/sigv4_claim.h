// What a signed request says about its own signature: who, when, for what, over which headers.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/sigv4.h"
#include "identity/sigv4_query.h"
#include "identity/sigv4_time.h"

namespace kmaas::identity {

// "keyid/20150830/us-east-1/kms/aws4_request", in its parts. Views into the claim's source.
struct CredentialScope {
  std::string_view access_key_id;
  std::string_view day;
  std::string_view region;
  std::string_view service;
  std::string_view terminator;
  std::string_view whole;  // without the access key id: the scope line of a string to sign
};

// The headers and the query of a request, looked through once. A header of which two would be
// ambiguous is refused when it is there twice. Values without outer blanks.
struct SigningFields {
  std::optional<std::string_view> authorization;
  std::optional<std::string_view> host;
  std::optional<std::string_view> amz_date;
  std::optional<std::string_view> date;
  std::optional<std::string_view> target;
  std::optional<std::string_view> content_sha256;
  std::optional<std::string_view> security_token;
  std::vector<QueryParameter> query;  // views of the claim may point here: keep it where it is
};
Result<SigningFields> ReadSigningFields(const SignedRequest& request);

struct SigV4Claim {
  bool presigned = false;  // from the query
  CredentialScope scope;
  std::string_view signed_headers;  // as written: "content-type;host;x-amz-date"
  std::string_view signature;       // as written
  std::optional<std::string_view> security_token;
  SigningTime time{};
  std::chrono::seconds expires{0};  // presigned only
};

// Refuses with MissingAuthenticationToken and IncompleteSignature; checks shape only, not the
// scope, the time or the signature. The claim borrows from `fields`.
Result<SigV4Claim> ReadClaim(const SigningFields& fields);

// The whole value of a parameter of an Authorization header, for those who do not trust it yet.
std::string_view AuthorizationParameter(std::string_view authorization, std::string_view name);

std::string_view TrimBlanks(std::string_view text);
// `lower` is in lower case already. Most names differ in length: inline, that is all it costs.
bool EqualsLowerOfSameSize(std::string_view text, std::string_view lower);
inline bool EqualsLower(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && EqualsLowerOfSameSize(text, lower);
}

}  // namespace kmaas::identity
