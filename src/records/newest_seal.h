// How far the seals of the audit trail went: a row of the store, that a trail which lost its end is
// known by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "records/catalog.h"

namespace kmaas::records {

struct NewestSeal {
  std::uint64_t number = 0;
  std::string hash;  // of its line, 32 bytes
};

// None before the first one. All fail as the store does.
Result<std::optional<NewestSeal>> ReadNewestSeal(Catalog& catalog);
Result<void> NoteNewestSeal(Changes& changes, const NewestSeal& seal);
Result<void> NoteNewestSeal(Catalog& catalog, const NewestSeal& seal, Deadline deadline);

}  // namespace kmaas::records
