#include "policy/action_pattern.h"

#include <algorithm>

#include "base/ascii_case.h"
#include "policy/malformed.h"

namespace kmaas::policy {
namespace {

bool IsWordCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// In lower case. Empty when it is well-formed, else why not.
std::string ProblemOf(const std::string& action) {
  if (action == "*" || action == "*:*") return "";
  const std::size_t colon = action.find(':');
  if (colon == std::string::npos || colon == 0)
    return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
  const std::string_view vendor = std::string_view(action).substr(0, colon);
  const std::string_view name = std::string_view(action).substr(colon + 1);
  if (!std::all_of(vendor.begin(), vendor.end(),
                   [](char c) { return IsWordCharacter(c) || c == '-'; })) {
    return "Vendor " + std::string(vendor) + " is not valid";
  }
  if (name.empty() || !std::all_of(name.begin(), name.end(), [](char c) {
        return IsWordCharacter(c) || c == '*' || c == '?';
      })) {
    return "Action " + action + " is not valid";
  }
  return "";
}

}  // namespace

Result<ActionList> ActionList::Compile(const std::vector<std::string>& texts) {
  ActionList list;
  for (const std::string& text : texts) {
    const std::string action = LowerAscii(text);
    if (std::string problem = ProblemOf(action); !problem.empty())
      return Malformed(std::move(problem));
    list.patterns_.emplace_back(MarkWildcards(action));
  }
  return list;
}

bool ActionList::Matches(std::string_view lower_case_action) const {
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const Glob& pattern) { return pattern.Matches(lower_case_action); });
}

}  // namespace kmaas::policy
