#include "core/folded_context.h"

#include <algorithm>

#include "base/ascii_case.h"

namespace kmaas::core {

FoldedContext::FoldedContext(const domain::EncryptionContext& context) {
  pairs_.reserve(context.size());
  for (const auto& [name, value] : context) pairs_.emplace_back(LowerAscii(name), value);
  std::stable_sort(pairs_.begin(), pairs_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
}

bool FoldedContext::Values(std::string_view lower_key,
                           std::vector<std::string_view>& values) const {
  auto at =
      std::lower_bound(pairs_.begin(), pairs_.end(), lower_key,
                       [](const auto& pair, std::string_view key) { return pair.first < key; });
  const std::size_t before = values.size();
  for (; at != pairs_.end() && at->first == lower_key; ++at) values.push_back(at->second);
  return values.size() > before;
}

}  // namespace kmaas::core
