#include "app/stored_seal_memory.h"

#include <algorithm>

#include "app/foundation.h"

namespace kmaas::app {

Result<std::optional<audit::SealMark>> StoredSealMemory::Remembered() {
  KM_TRY(const std::optional<records::NewestSeal> stored, records::ReadNewestSeal(catalog_));
  std::optional<audit::SealMark> mark;
  if (!stored) return mark;
  mark.emplace();
  mark->number = stored->number;
  if (stored->hash.size() != mark->hash.size())
    return Error{ErrorCode::kKmsInternal, "", "installation: the newest seal's hash is no SHA-256"};
  std::copy(stored->hash.begin(), stored->hash.end(), mark->hash.begin());
  return mark;
}

records::NewestSeal ToStored(const audit::SealMark& mark) {
  return {mark.number, std::string(mark.hash.begin(), mark.hash.end())};
}

Result<void> StoredSealMemory::Remember(const audit::SealMark& newest) {
  return records::NoteNewestSeal(catalog_, ToStored(newest), Deadline::After(clock_, kStepMax));
}

}  // namespace kmaas::app
