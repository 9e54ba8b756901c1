#include "domain/cloud_hsm_cluster.h"

#include <algorithm>

namespace kmaas::domain {

bool IsCloudHsmClusterId(std::string_view text) {
  constexpr std::string_view kPrefix = "cluster-";
  constexpr std::size_t kLeast = 11;
  constexpr std::size_t kMost = 16;
  if (!text.starts_with(kPrefix)) return false;
  const std::string_view rest = text.substr(kPrefix.size());
  return rest.size() >= kLeast && rest.size() <= kMost &&
         std::all_of(rest.begin(), rest.end(), [](char c) {
           return (c >= '2' && c <= '7') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
         });
}

}  // namespace kmaas::domain
