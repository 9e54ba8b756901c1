// The audit trail as an operator's command writes to it while no server runs: with seals, so that
// the server which starts next finds a trail that is as its seals say.
#pragma once

#include <memory>
#include <optional>

#include "app/config.h"
#include "app/foundation.h"
#include "audit/seal_memory.h"
#include "audit/sealer.h"
#include "audit/trail.h"
#include "base/result.h"
#include "ports/random_source.h"

namespace kmaas::app {

// Which seals are looked for in the trail at the start.
enum class SealsLookedFor {
  kRemembered,  // those that the database remembers, as a server does
  kOwn,         // the trail's own: another database takes its place, and two persons agreed
};

// Borrows the foundation. One thread.
class OperatorTrail {
 public:
  // Opens the trail, or begins one, and seals what is there. Fails as audit::Sealer::Open does.
  static Result<std::unique_ptr<OperatorTrail>> Open(const Config& config, Foundation& foundation,
                                                     SealsLookedFor seals, const Clock& clock);
  // The same for a command that goes on with a database that may serve, and begins anchoring it. A
  // trail that was lost is reported (app/lost_trail.h). End() has to follow, whatever came of it.
  static Result<std::unique_ptr<OperatorTrail>> Begin(const Config& config, Foundation& foundation,
                                                      ports::RandomSource& random,
                                                      const Clock& clock);
  ~OperatorTrail();
  OperatorTrail(const OperatorTrail&) = delete;
  OperatorTrail& operator=(const OperatorTrail&) = delete;

  audit::Trail& trail() { return *trail_; }
  // Seals made over a trail that is gone; 0: none is.
  std::uint64_t lost_seals() const { return sealer_->lost(); }
  // The number of the newest seal that the trail had.
  std::uint64_t found_seals() const { return found_; }
  // The newest seal that was made, for a transaction in which the database comes to remember it.
  std::optional<audit::SealMark> newest_seal() const;
  // The last seal: over what was appended.
  Result<void> Seal();
  // The database remembers the seals that were made, and no longer those of a trail that is gone:
  // after a record that says so is durable. A commit of its own, which moves the epoch on:
  // only for a database that may serve, or it would overtake what is remembered of a later one.
  Result<void> NoteSeals();
  // Ends the anchoring, which writes to the trail, then both of the above: seals are made though
  // the anchoring fails.
  Result<void> End();

 private:
  class Memory;
  explicit OperatorTrail(Foundation& foundation);

  Foundation& foundation_;
  std::unique_ptr<audit::Trail> trail_;
  std::unique_ptr<Memory> memory_;
  std::unique_ptr<audit::Sealer> sealer_;
  std::uint64_t found_ = 0;
};

}  // namespace kmaas::app
