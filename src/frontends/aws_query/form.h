// The body of a request of AWS's Query protocol: application/x-www-form-urlencoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kmaas::aws_query {

inline constexpr std::string_view kFormContentType = "application/x-www-form-urlencoded";

struct Parameter {
  std::string name;
  std::string value;
};

// Own bound, far above what any call of IAM or STS needs.
inline constexpr std::size_t kParametersMax = 4096;

// kSerialization for bad escapes, text that is not UTF-8, control characters but tab and line ends
// (which no answer could repeat in XML), a name that stands twice, and too many parameters.
Result<std::vector<Parameter>> ParseForm(std::string_view body);

// The value of the one parameter with this name. Nothing when there is none, and when there are
// several: then it is open which of them was meant. Looks at no other value.
std::optional<std::string> SingleParameter(std::string_view body, std::string_view name);

}  // namespace kmaas::aws_query
