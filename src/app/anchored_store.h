// Where the store's head meets its anchors: gathering what is remembered of it, and the first one.
#pragma once

#include "app/config.h"
#include "app/foundation.h"
#include "ports/audit_sink.h"
#include "ports/random_source.h"
#include "storage/anchoring.h"
#include "storage/rollback_check.h"

namespace kmaas::app {

// How far a database that takes the place of another one goes beyond what is remembered of that
// one: its last commits may not have been anchored.
inline constexpr std::uint64_t kEpochMargin = 1'000'000;

storage::AnchoringOptions ToAnchoringOptions(const Config& config);

// What the token and the files of the audit trail remember. Changes nothing; fits a process beside
// the server. Fails when a witness cannot be asked.
Result<storage::Evidence> AskWitnesses(hsm::EngineGroup& engine, const Config& config,
                                       const Clock& clock);

// For the program that has just made the database: after what an earlier one of the same token
// left there, and in the token before this returns.
Result<void> AnchorFirst(Foundation& foundation, const Clock& clock);

// Begins the anchoring with where the store stands. Fails only when it is the first anchor of this
// database that cannot be written: otherwise it is tried again, and rights cannot be changed
// meanwhile.
Result<void> BeginAnchoring(Foundation& foundation, ports::AuditSink& trail,
                            ports::RandomSource& random, const Clock& clock);

}  // namespace kmaas::app
