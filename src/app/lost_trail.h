// A trail that was there, and is not any more.
#pragma once

#include "app/config.h"
#include "audit/sealer.h"
#include "audit/trail.h"
#include "ports/random_source.h"

namespace kmaas::app {

// The directory of the trail is empty and the store remembers seals: perhaps an operator moved the
// trail away, perhaps somebody hides what it said. Raises the alarm, and lets the new trail begin
// with the record "LoseAuditTrail". Only when that is durable the store forgets the old seals: a
// server that is killed before refuses its next start. Fails when the record cannot be written.
Result<void> ReportLostTrail(audit::Sealer& sealer, audit::Trail& trail, const Config& config,
                             ports::RandomSource& random, const Clock& clock);

}  // namespace kmaas::app
