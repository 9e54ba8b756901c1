// Checks of the store that can be left out, to see whether the campaign notices.
#pragma once

#include <string_view>

namespace kmaas::campaigns {

// "mac": every row's MAC matches; "sum": all sums of leaves are alike; "head": the head record does
// not tell one table from another of as many rows; "anchor": the token's memory is not asked. False
// for any other name. In this program alone: the linker puts these in the place of the store's own.
bool Plant(std::string_view name);
bool IsAnchorLeftOut();

}  // namespace kmaas::campaigns
