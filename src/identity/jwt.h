// JSON web tokens in compact form (RFC 7519, RFC 7515 section 7.1): taken apart, not yet believed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace kmaas::identity {

inline constexpr std::size_t kJwtBytesMax = 20'000;  // AWS STS

struct Jwt {
  std::string algorithm;         // alg
  std::string key_id;            // kid
  std::string_view signed_part;  // of the text that was parsed
  Bytes signature;
  // Claims that are a text, a truth value or a list of texts, and those that are numbers, without
  // their fraction. Others are left out.
  std::map<std::string, std::vector<std::string>> texts;
  std::map<std::string, std::int64_t> numbers;

  // The claim when it is there and one text; empty otherwise.
  std::string_view Text(const std::string& name) const;
};

// Nothing for all that is not three parts of base64url without padding, two of them JSON objects
// with every name once; for a header without alg and kid, or with extensions that must be
// understood (crit, b64); and for more than kJwtBytesMax.
std::optional<Jwt> ParseJwt(std::string_view text);

}  // namespace kmaas::identity
