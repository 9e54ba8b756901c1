// The policy of a key that was made without one.
#pragma once

#include <string>
#include <string_view>

namespace kmaas::policy {

// The policy that AWS gives to a key made without one.
std::string DefaultKeyPolicy(std::string_view account);

}  // namespace kmaas::policy
