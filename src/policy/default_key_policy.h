// The policy of a key that was made without one, as AWS writes it.
#pragma once

#include <string>
#include <string_view>

namespace kmaas::policy {

std::string DefaultKeyPolicy(std::string_view account);

}  // namespace kmaas::policy
