// The schedule: what is to be done to keys without a caller, and when. Index rows in order of time,
// so that whoever does it reads what is due and nothing else.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/enumeration.h"
#include "domain/import_key.h"
#include "domain/key.h"

namespace kmaas::records {

class Changes;

enum class Work { kDeleteKey, kRotateKey, kExpireMaterial, kEndImportKey };
std::string_view ToText(Work work);

// The record that each leads to says it all: whoever does the work checks there that it is due.
struct DueWork {
  WallTime due{};
  Work work = Work::kDeleteKey;
  std::string region;
  domain::KeyId key_id;
  std::string subject = {};  // of which material or import key of the key; empty: of the key itself

  bool operator==(const DueWork&) const = default;
};

// What is due of a record as it stands. A key rotates while it is enabled, and in the Region of the
// primary key: the others follow it.
std::vector<DueWork> DueOf(const domain::Key& key);
std::vector<DueWork> DueOf(const domain::KeyMaterial& material);
std::vector<DueWork> DueOf(const domain::ImportKey& key);

// Brings the schedule in line with a record that changes in the same transaction. `before` is empty
// for a record that is new, `after` for one that goes.
Result<void> Reschedule(Changes& changes, const std::vector<DueWork>& before,
                        const std::vector<DueWork>& after);

}  // namespace kmaas::records

namespace kmaas::domain {
template <>
inline constexpr auto kCount<records::Work> = CountTo(records::Work::kEndImportKey);
}  // namespace kmaas::domain
