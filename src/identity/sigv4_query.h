// The query of a request target, split and decoded, and spelled again as SigV4 wants it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kmaas::identity {

// Decoded. A parameter without '=' has an empty value.
struct QueryParameter {
  std::string name;
  std::string value;
};

// Splits before it decodes, so that an escaped '&' or '=' stays within its parameter. '+' is a
// plus; an escape that is none stands for itself.
std::vector<QueryParameter> ParseQuery(std::string_view query);

// The part of a target before and after its first '?'.
std::string_view PathOf(std::string_view target);
std::string_view QueryOf(std::string_view target);

// RFC 3986 section 2.3: everything but unreserved characters becomes %XX; '/' too, unless kept.
void AppendUriEncoded(std::string& out, std::string_view text, bool keep_slash);

}  // namespace kmaas::identity
