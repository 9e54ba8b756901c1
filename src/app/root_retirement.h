// Destroys a generation of roots that nothing uses any more, because two persons say so.
#pragma once

#include <cstdint>
#include <vector>

#include "app/consenting_person.h"
#include "app/root_report.h"
#include "identity/retirement_consent.h"

namespace kmaas::app {

// What an identity policy must allow, on resource "*". AWS has no such action: the name is ours.
inline constexpr char kRetireRootAction[] = "kmaas:RetireRoot";

struct Retirement {
  std::uint32_t generation = 0;
  // Those who made backups know that the ones before the last rotation need these roots.
  bool backups_acknowledged = false;
  std::vector<identity::RetirementConsent> consents;
};

struct Retired {
  std::vector<ConsentingPerson> persons;
  std::vector<std::uint32_t> in_token;  // that are left
};

// Of a foundation that was opened for writing, so that no server is at work. Refuses the generation
// in use, one that a material needs, whoever's key that is and in whatever state, and whatever is
// not the consent of two different users. First the audit trail has the record "RetireRoots", then
// the roots are destroyed and sought once more. What fails on the way may be done again.
Result<Retired> RetireRoots(Foundation& foundation, const Config& config,
                            const Retirement& retirement, ports::RandomSource& random,
                            const Clock& clock);

}  // namespace kmaas::app
