// A trail that was there, and is not any more.
#pragma once

#include "app/config.h"
#include "audit/sealer.h"
#include "ports/audit_sink.h"
#include "ports/random_source.h"

namespace kmaas::app {

// The directory of the trail is empty and the store remembers seals: perhaps an operator moved the
// trail away, perhaps somebody hides what it said. Raises the alarm, and lets the new trail begin
// with the record "LoseAuditTrail". Fails when that cannot be written.
Result<void> ReportLostTrail(const audit::Sealer& sealer, ports::AuditSink& trail,
                             const Config& config, ports::RandomSource& random, const Clock& clock);

}  // namespace kmaas::app
