#include "policy/policy_variable.h"

#include <algorithm>
#include <utility>

#include "base/ascii_case.h"
#include "policy/malformed.h"

namespace kmaas::policy {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
constexpr int kArnParts = 6;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

void AppendPlain(std::string& out, std::string_view text, Wildcards wildcards) {
  out += wildcards == Wildcards::kMatch ? MarkWildcards(text) : std::string(text);
}

// Where the variable that begins behind "${" ends: at its '}', which in a default does not count.
std::size_t EndOfVariable(std::string_view text) {
  const std::size_t end = text.find('}');
  const std::size_t quote = text.find('\'');
  if (quote == kNowhere || quote > end) return end;
  const std::size_t closing = text.find('\'', quote + 1);
  return closing == kNowhere ? kNowhere : text.find('}', closing + 1);
}

// Most values are far shorter; what one long one took is given back.
constexpr std::size_t kScratchBytesKept = std::size_t{16} << 10U;

// A buffer of this thread for one expansion: matching needs one at a time.
std::string& Scratch() {
  thread_local std::string scratch;
  if (scratch.capacity() > kScratchBytesKept) scratch = std::string();
  return scratch;
}

// The text up to the next colon, which is taken off with it; for the last part all of it.
std::string_view TakeArnPart(std::string_view& text, bool last) {
  const std::size_t colon = last ? kNowhere : text.find(':');
  const std::string_view part = text.substr(0, colon);
  text.remove_prefix(colon == kNowhere ? text.size() : colon + 1);
  return part;
}

int CountColons(std::string_view text) {
  return static_cast<int>(std::count(text.begin(), text.end(), ':'));
}

bool ArnMatches(std::string_view pattern, std::string_view text) {
  if (pattern.size() == 1 && pattern.front() == kMany) return true;
  if (CountColons(pattern) < kArnParts - 1 || CountColons(text) < kArnParts - 1) return false;
  for (int part = 1; part <= kArnParts; ++part) {
    const bool last = part == kArnParts;
    const std::string_view wanted = TakeArnPart(pattern, last);
    if (!GlobMatches(wanted, TakeArnPart(text, last))) return false;
  }
  return true;
}

}  // namespace

Result<ValuePattern::Part> ValuePattern::ParseVariable(std::string_view inside) {
  Part part;
  const std::size_t comma = inside.find(',');
  const std::string_view name = Trim(inside.substr(0, comma));
  part.key = ConditionKey::Parse(name);
  if (!part.key) return Malformed("Unknown policy variable: ${" + std::string(inside) + "}");
  if (IsMultiValued(*part.key)) {
    return Malformed("The condition key " + std::string(name) +
                     " has several values and cannot be a policy variable.");
  }
  if (comma == kNowhere) return part;
  const std::string_view quoted = Trim(inside.substr(comma + 1));
  if (quoted.size() < 2 || quoted.front() != '\'' || quoted.back() != '\'')
    return Malformed("The default of a policy variable stands in single quotes: ${" +
                     std::string(inside) + "}");
  part.otherwise = std::string(quoted.substr(1, quoted.size() - 2));
  return part;
}

Result<ValuePattern> ValuePattern::Parse(std::string_view text, Wildcards wildcards,
                                         Variables variables) {
  std::vector<Part> parts;
  std::string plain;
  while (!text.empty()) {
    const std::size_t dollar = variables == Variables::kExpand ? text.find("${") : kNowhere;
    AppendPlain(plain, text.substr(0, dollar), wildcards);
    if (dollar == kNowhere) break;
    text.remove_prefix(dollar + 2);
    const std::size_t end = EndOfVariable(text);
    if (end == kNowhere) return Malformed("A policy variable has no end: ${" + std::string(text));
    const std::string_view inside = text.substr(0, end);
    if (inside == "*" || inside == "?" || inside == "$") {
      plain += inside;
    } else {
      KM_TRY(Part part, ParseVariable(inside));
      part.before = std::exchange(plain, {});
      parts.push_back(std::move(part));
    }
    text.remove_prefix(end + 1);
  }
  if (parts.empty()) return ValuePattern(std::move(plain), {});
  parts.push_back({std::move(plain), std::nullopt, std::nullopt});
  return ValuePattern({}, std::move(parts));
}

std::optional<std::string_view> ValuePattern::Expand(const ConditionContext& context,
                                                     std::size_t text_bytes,
                                                     std::string& out) const {
  if (!has_variables()) return fixed_.pattern();
  thread_local std::vector<std::string_view> values;
  out.clear();
  std::size_t left = text_bytes;  // for what variables stand for
  const auto add = [&](std::string_view value) {
    if (value.size() > left) return false;
    left -= value.size();
    out += value;
    return true;
  };
  for (const Part& part : parts_) {
    out += part.before;
    if (!part.key) continue;
    values.clear();
    const bool present = context.Values(*part.key, values);
    // A name that stands for several values stands for none; bytes that would be taken for
    // wildcards stand in no text.
    std::optional<std::string_view> value;
    if (present && values.size() == 1 && !HasMarks(values.front())) {
      value = values.front();
    } else if (part.otherwise && (!present || values.empty())) {
      value = *part.otherwise;
    }
    if (!value || !add(*value)) return std::nullopt;
  }
  return out;
}

bool MatchesText(const ValuePattern& pattern, std::string_view text,
                 const ConditionContext& context) {
  if (!pattern.has_variables()) return pattern.fixed().Matches(text);
  const auto expanded = pattern.Expand(context, text.size(), Scratch());
  return expanded && GlobMatches(*expanded, text);
}

bool MatchesIgnoringCase(const ValuePattern& pattern, std::string_view text,
                         const ConditionContext& context) {
  const auto expanded = pattern.Expand(context, text.size(), Scratch());
  return expanded && EqualsIgnoringCase(*expanded, text);
}

bool MatchesArn(const ValuePattern& pattern, std::string_view text,
                const ConditionContext& context) {
  const auto expanded = pattern.Expand(context, text.size(), Scratch());
  if (!expanded) return false;
  if (!pattern.has_variables() && pattern.fixed().is_literal()) return *expanded == text;
  return ArnMatches(*expanded, text);
}

}  // namespace kmaas::policy
