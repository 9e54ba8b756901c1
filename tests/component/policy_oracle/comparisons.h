// How one value of a policy is compared with one value of a request, operator by operator.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/component/policy_oracle/model.h"
#include "tests/component/policy_oracle/oracle.h"

namespace kmaas::policy_oracle {

// A character of a policy's text: as itself, or as the wildcard that it is.
struct Glyph {
  char character;
  bool wildcard;
};
using Pattern = std::vector<Glyph>;

// A policy's text with its variables replaced by their values, in which nothing is a wildcard.
// Nothing when a variable has neither a value nor a default.
std::optional<Pattern> Expand(const std::string& text, bool variables, const Context& context,
                              const Rules& rules);

bool Glob(const Pattern& pattern, const std::string& text);
// A '*' at the end of a part of an ARN reaches over its colon, no other wildcard does (IAM user
// guide, "Resource").
bool ResourceGlob(const Pattern& pattern, const std::string& text);
// Each of the six parts for itself.
bool ArnGlob(const Pattern& pattern, const std::string& text, const Rules& rules);

// `operation` without "Not": "StringEquals", "NumericLessThan". False for what cannot be read.
bool Compares(const std::string& operation, const Pattern& policy, const std::string& request,
              const Rules& rules);

}  // namespace kmaas::policy_oracle
