// Values of a policy that may hold wildcards and variables: "${aws:username}",
// "${aws:PrincipalTag/team, 'none'}", "${*}", "${?}", "${$}". Source: IAM user guide, "IAM policy
// elements: Variables and tags".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/condition_key.h"
#include "policy/glob.h"

namespace kmaas::policy {

// Variables are a matter of Version 2012-10-17; before it their text is only text.
enum class Variables { kExpand, kLiteral };
enum class Wildcards { kMatch, kLiteral };

class ValuePattern {
 public:
  static Result<ValuePattern> Parse(std::string_view text, Wildcards wildcards,
                                    Variables variables);

  bool has_variables() const { return !parts_.empty(); }
  // The pattern when there are no variables.
  const Glob& fixed() const { return fixed_; }

  // The pattern (glob.h) for this request, in `out` or in the fixed one: valid until `out` changes.
  // Nothing when a variable has no value: such a text matches nothing. What a variable stands for,
  // its default too, is literal. Nothing either when what variables stand for is longer than the
  // text that it is for, `text_bytes`: every byte of it would have to be there. Whoever simulates a
  // policy chooses both, and a long value that stands in it ten thousand times would be gigabytes.
  std::optional<std::string_view> Expand(const ConditionContext& context, std::size_t text_bytes,
                                         std::string& out) const;

 private:
  // `before`, then perhaps a variable.
  struct Part {
    std::string before;
    std::optional<ConditionKey> key;
    std::optional<std::string> otherwise;
  };

  ValuePattern(std::string fixed, std::vector<Part> parts)
      : fixed_(std::move(fixed)), parts_(std::move(parts)) {}
  static Result<Part> ParseVariable(std::string_view inside);

  Glob fixed_;
  std::vector<Part> parts_;  // empty: no variables
};

// Whether the pattern matches; as text, as text without regard to case, or as an ARN.
bool MatchesText(const ValuePattern& pattern, std::string_view text,
                 const ConditionContext& context);
bool MatchesIgnoringCase(const ValuePattern& pattern, std::string_view text,
                         const ConditionContext& context);
// Each of the six parts of an ARN for itself: no wildcard reaches over a colon, except within the
// last. A lone '*' matches everything.
bool MatchesArn(const ValuePattern& pattern, std::string_view text,
                const ConditionContext& context);

}  // namespace kmaas::policy
