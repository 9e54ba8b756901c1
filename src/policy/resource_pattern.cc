#include "policy/resource_pattern.h"

#include <algorithm>
#include <utility>

#include "policy/malformed.h"

namespace kmaas::policy {
namespace {

constexpr int kArnColons = 5;

bool IsArnPattern(std::string_view text) {
  if (text == "*") return true;
  return text.starts_with("arn:") && (std::count(text.begin(), text.end(), ':') >= kArnColons ||
                                      text.find('*') != std::string_view::npos);
}

}  // namespace

Result<ResourceList> ResourceList::Compile(const std::vector<std::string>& texts,
                                           Variables variables) {
  ResourceList list;
  for (const std::string& text : texts) {
    if (!IsArnPattern(text))
      return Malformed("Resource " + text + " must be in ARN format or \"*\".");
    KM_TRY(ValuePattern pattern, ValuePattern::Parse(text, Wildcards::kMatch, variables));
    list.patterns_.push_back(std::move(pattern));
  }
  return list;
}

bool ResourceList::Matches(std::string_view resource, const ConditionContext& context) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const ValuePattern& pattern) {
    return MatchesText(pattern, resource, context);
  });
}

}  // namespace kmaas::policy
