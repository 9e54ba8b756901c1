// Removes the oldest files of a trail when every record in them has been kept as long as its class
// demands.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "audit/retention_days.h"
#include "audit/sealer.h"
#include "audit/trail_files.h"
#include "base/clock.h"
#include "base/result.h"
#include "ports/retention_guard.h"

namespace kmaas::audit {

// How long a record is kept, by what it says itself.
std::chrono::days DaysOf(std::string_view event, const RetentionDays& retention);

// One thread at a time.
class Retention {
 public:
  // Asked before each file goes, on the thread that applies; false while the clock is not to be
  // believed. What is kept too long can go later, and what is gone is gone.
  using MayDestroy = std::function<bool()>;

  // Borrows all but the options; `guard` may be null: then nobody else needs the records. Without
  // `may_destroy` the clock is believed.
  Retention(std::string directory, const RetentionDays& days, Sealer& sealer,
            const ports::RetentionGuard* guard, const Clock& clock, MayDestroy may_destroy = {});

  // Whole files, oldest first, as far as none has to stay: sealed ones, never the newest, never one
  // that is not as it was written. A seal says what is gone before it goes. Answers how many went;
  // the first failure ends it.
  Result<std::uint64_t> Apply();

 private:
  // Whether all in it may go; its end in that case.
  Result<bool> MayGo(const TrailFile& file, std::uint64_t last, ChainHead& end) const;

  const std::string directory_;
  const RetentionDays days_;
  Sealer& sealer_;
  const ports::RetentionGuard* const guard_;
  const Clock& clock_;
  const MayDestroy may_destroy_;
};

}  // namespace kmaas::audit
