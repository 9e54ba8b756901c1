// The newest seal of the audit trail, remembered in a row of the store.
#pragma once

#include "audit/seal_memory.h"
#include "base/clock.h"
#include "records/catalog.h"
#include "records/newest_seal.h"

namespace kmaas::app {

// As the row has it.
records::NewestSeal ToStored(const audit::SealMark& mark);

class StoredSealMemory final : public audit::SealMemory {
 public:
  // Borrows both.
  StoredSealMemory(records::Catalog& catalog, const Clock& clock)
      : catalog_(catalog), clock_(clock) {}

  Result<std::optional<audit::SealMark>> Remembered() override;
  Result<void> Remember(const audit::SealMark& newest) override;

 private:
  records::Catalog& catalog_;
  const Clock& clock_;
};

}  // namespace kmaas::app
