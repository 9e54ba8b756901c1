// Does what is due to keys, in order of time, through a pipeline of its own.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/clock.h"
#include "core/observed_call.h"
#include "ports/random_source.h"
#include "records/catalog.h"
#include "records/due_work.h"

namespace kmaas::lifecycle {

// Not thread-safe but for Stop: one thread runs it. Keeps nothing that must survive: what is due
// stands in the store, and each operation looks there again before it changes anything.
class Scheduler {
 public:
  struct Parts {  // borrowed
    records::Catalog& catalog;
    const Clock& clock;
    ports::RandomSource& random;
    // Of the registry of operations::MakeLifecycleRegistry, one for each Region that is served.
    std::map<std::string, core::Pipeline*> pipelines;
    core::CallObserver* observer = nullptr;  // null: nobody counts
    // Whether the clock can be believed by what cannot be taken back; asked at each look. Null: it
    // always can.
    std::function<bool()> may_destroy = {};
  };
  explicit Scheduler(Parts parts) : parts_(std::move(parts)) {}

  // Does everything that is due now, once, and returns how much of it was done. What fails is
  // logged, does not hold up the rest, and is left alone for a while: ten seconds, twice as long
  // with each failure, an hour at most.
  std::size_t RunDue();

  // RunDue, of this or another thread, ends after the work that it is at. For good.
  void Stop() { stopping_ = true; }

 private:
  struct Wait {
    std::chrono::seconds span{0};
    SteadyTime until{};
    std::uint64_t pass = 0;  // in which its row was last seen
  };

  std::size_t DoRows(const std::string& end);
  // Whether the row is left alone this time.
  bool Waits(const std::string& row_key);
  // Whether the work of the row is done.
  bool Do(const ports::Row& row);
  Result<void> Ask(const records::DueWork& due, const std::string& account);
  Result<void> Drop(const std::string& row_key);
  bool IsGone(const std::string& row_key);
  void PutOff(const std::string& row_key, const records::DueWork& due, const Error& error);

  Parts parts_;
  std::atomic<bool> stopping_{false};
  std::map<std::string, Wait> waiting_;  // by row key
  std::uint64_t pass_ = 0;
  bool may_destroy_ = true;  // in this pass
};

}  // namespace kmaas::lifecycle
