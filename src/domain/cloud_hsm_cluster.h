// Ids of AWS CloudHSM clusters, which stand for the tokens of custom key stores.
#pragma once

#include <string_view>

namespace kmaas::domain {

// "cluster-" and 11 to 16 letters or digits of base32. Source: AWS KMS, CloudHsmClusterIdType.
inline constexpr std::string_view kCloudHsmClusterIdPattern = "cluster-[2-7a-zA-Z]{11,16}";
bool IsCloudHsmClusterId(std::string_view text);

}  // namespace kmaas::domain
