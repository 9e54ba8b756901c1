// Which generation of the roots in the token wraps, and how far the material has come to it: one
// row of the store.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "records/catalog.h"

namespace kmaas::records {

struct RootUse {
  std::uint32_t generation = 0;
  std::uint32_t previous = 0;  // that wrapped before
  WallTime since{};
  std::uint64_t rewrapped = 0;           // materials, so far
  std::optional<WallTime> last = {};     // when the last of them was
  std::optional<WallTime> settled = {};  // nothing was left under another generation
};

// Beside the row of Installation. The form is fixed and has a version; times are milliseconds.
template <>
struct Table<RootUse> {
  static constexpr std::string_view kName = Table<Installation>::kName;
  static constexpr char kRow[] = "roots";
  static std::string RowKey(const RootUse& /*use*/) { return kRow; }
  static std::string Encode(const RootUse& use);
  static Result<RootUse> Decode(std::string_view bytes);
};

// None while no root was ever rotated: then the lowest generation of the token wraps. Fails as the
// store does.
Result<std::optional<RootUse>> ReadRootUse(Catalog& catalog);

}  // namespace kmaas::records
