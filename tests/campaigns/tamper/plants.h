// Checks of the store that can be left out, to see whether the campaign notices.
#pragma once

#include <string_view>

namespace kmaas::campaigns {

// "mac": every row's MAC matches; "sum": all sums of leaves are alike; "head": the head record does
// not tell one table from another of as many rows, from the start; "anchor": the token's memory is
// not asked; "neighbour": alarms name the row beside the one to blame. False for any other name. In
// this program alone: the linker puts these in the place of the store's own.
bool Plant(std::string_view name);
bool IsAnchorLeftOut();

// While one lives every check is made: databases are made as they should be.
class NothingLeftOut {
 public:
  NothingLeftOut();
  ~NothingLeftOut();
  NothingLeftOut(const NothingLeftOut&) = delete;
  NothingLeftOut& operator=(const NothingLeftOut&) = delete;
};

}  // namespace kmaas::campaigns
