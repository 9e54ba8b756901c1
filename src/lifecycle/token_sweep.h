// Destroys what a crash has left in the token: keys that no row names, and that none ever will.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ports/token_keys.h"
#include "records/catalog.h"

namespace kmaas::lifecycle {

struct UnnamedKeys {
  std::vector<ports::TokenKey> without_row;
  // Imported material whose row says that it is to be imported again: a crash has left it before
  // the row said that it was. The next import makes one with the same id.
  std::vector<ports::TokenKey> half_imported;
};

// Those of `listed` that no row names. The list has to be older than the look at the rows: a row
// that comes in between then names its key. Fails as the store does.
Result<UnnamedKeys> FindUnnamedKeys(const std::vector<ports::TokenKey>& listed,
                                    records::Catalog& catalog);

struct SweepCounters {
  std::uint64_t unnamed = 0;    // as the last look found them, those that it destroyed left out
  std::uint64_t destroyed = 0;  // since the process began
  std::uint64_t failures = 0;   // looks that failed, and keys that could not be destroyed
};

// One thread looks; counters() is for any. A key is in the token before its row is written, so one
// without a row is destroyed only when it was there before this process served its first call, or
// when it has been seen without one for longer than any call takes. Resident keys of a database
// that was set back are left alone: the newer one may name them (records/set_back.h).
class TokenSweep {
 public:
  struct Parts {  // borrowed
    ports::TokenKeys& keys;
    records::Catalog& catalog;
    const Clock& clock;
    // Writes the audit record of a key that is about to be destroyed; what cannot be recorded is
    // not destroyed.
    std::function<Result<void>(const ports::TokenKey&)> record;
  };
  // `spared`: how long a key may be without a row; several times what a call may take.
  TokenSweep(Parts parts, std::chrono::seconds spared)
      : parts_(std::move(parts)), spared_(spared) {}

  // To be called before the first call is served, by the process that alone writes the store:
  // whatever is in the token now has its row, or never will. What is half imported goes at once:
  // later nobody could tell it from what an import has just made.
  Result<void> NoteLeftBehind();
  // Looks once, and destroys what may be. What fails is logged, counted and left for the next look.
  void Look();
  // The same, for whoever wants to know what was destroyed, by NoteLeftBehind too, and what was
  // not. `resident_too`: though the database was set back.
  struct Outcome {
    std::vector<ports::TokenKey> destroyed;
    std::vector<ports::TokenKey> left;
  };
  Result<Outcome> Sweep(bool resident_too);

  SweepCounters counters() const { return {unnamed_, destroyed_, failures_}; }

 private:
  bool IsRipe(const ports::TokenKey& key) const;
  bool AnyIsRipe(const std::vector<ports::TokenKey>& listed) const;
  void NoteUnnamed(const std::vector<ports::TokenKey>& unnamed);
  Result<void> DestroyHalfImported(const std::vector<ports::TokenKey>& keys);
  Result<void> DestroyOne(const ports::TokenKey& key);
  Deadline Soon() const;

  const Parts parts_;
  const std::chrono::seconds spared_;
  std::map<ports::TokenKey, SteadyTime> ripe_at_;  // of those without a row, as far as known
  std::vector<ports::TokenKey> destroyed_before_;  // by NoteLeftBehind, until a sweep tells
  std::atomic<std::uint64_t> unnamed_{0};
  std::atomic<std::uint64_t> destroyed_{0};
  std::atomic<std::uint64_t> failures_{0};
};

}  // namespace kmaas::lifecycle
