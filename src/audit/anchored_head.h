// The newest head of the store that a trail remembers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/store_head.h"

namespace kmaas::audit {

struct AnchoredHead {
  ports::StoreHead head;
  std::string time;   // of the record, ISO 8601
  std::string place;  // file and record number
  bool operator==(const AnchoredHead&) const = default;
};

// The head that the record of an anchor names. None for every other event; callers' texts cannot
// look like one.
std::optional<ports::StoreHead> AnchoredHeadOf(std::string_view event);

// Reads the files from the newest to the oldest up to the first that has one. A line that is no
// line of a trail is passed over: Trail::Open and the verifier judge those. Fails when a file
// cannot be read; a directory that is not there has none.
Result<std::optional<AnchoredHead>> FindAnchoredHead(const std::string& directory);

}  // namespace kmaas::audit
