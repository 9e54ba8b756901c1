#include "app/anchored_store.h"

#include "audit/anchored_head.h"
#include "base/log.h"
#include "records/anchored_since.h"

namespace kmaas::app {

storage::AnchoringOptions ToAnchoringOptions(const Config& config) {
  storage::AnchoringOptions options;
  options.region = config.region;
  options.behind_max = config.store.anchor_behind_max;
  return options;
}

Result<storage::Evidence> AskWitnesses(hsm::EngineGroup& engine, const Config& config,
                                       const Clock& clock) {
  storage::Evidence evidence;
  const auto in_token = engine.anchor().ReadAnchor(Deadline::After(clock, kStepMax));
  if (in_token) {
    evidence.token = *in_token;
  } else if (in_token.error().code == ErrorCode::kKmsInternal) {
    evidence.token_unreadable = true;
  } else {
    return in_token.error();
  }
  KM_TRY(const auto in_trail, audit::FindAnchoredHead(config.audit.directory));
  if (in_trail) evidence.trail = {in_trail->head, in_trail->time, in_trail->place};
  return evidence;
}

Result<void> AnchorFirst(Foundation& foundation, const Clock& clock) {
  const Deadline deadline = Deadline::After(clock, kStepMax);
  foundation.anchoring->Believe();
  KM_TRY(const auto before, foundation.engine->anchor().ReadAnchor(deadline));
  if (before) foundation.store->AdvanceEpochTo(before->epoch + kEpochMargin);
  KM_CHECK(records::NoteAnchored(*foundation.catalog, clock.Now(), deadline));
  return foundation.anchoring->End();
}

Result<void> BeginAnchoring(Foundation& foundation, ports::AuditSink& trail,
                            ports::RandomSource& random, const Clock& clock) {
  KM_TRY(const auto since, records::ReadAnchoredSince(*foundation.catalog));
  const Result<void> anchored =
      foundation.anchoring->Begin(trail, random, foundation.store->head());
  if (since) return {};
  KM_CHECK(anchored);
  log::Warning("store_anchored_first", {{"epoch", foundation.store->head().epoch}});
  return records::NoteAnchored(*foundation.catalog, clock.Now(), Deadline::After(clock, kStepMax));
}

}  // namespace kmaas::app
