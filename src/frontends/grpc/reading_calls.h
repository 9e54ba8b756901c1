// The calls whose message has not come whole yet, and the end of those that take too long.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <mutex>

#include "base/clock.h"
#include "base/ticker.h"

namespace kmaas::grpc_front {

// Of whoever begins and ends it, which is before he goes.
class ReadingCall {
 public:
  virtual ~ReadingCall() = default;
  // May lead to ReadingCalls::End, and to the end of this object, before it returns.
  virtual void EndReading() noexcept = 0;

 private:
  friend class ReadingCalls;  // under its mutex
  SteadyTime since_{};
  std::list<ReadingCall*>::iterator place_;
};

// gRPC has no bound for it: whoever sends all of a message but its last byte holds its memory, and
// his connection is not idle. Thread-safe.
class ReadingCalls {
 public:
  ReadingCalls(std::chrono::milliseconds max, const Clock& clock) : max_(max), clock_(clock) {}

  // From now on looks once a second.
  void Watch();
  void Begin(ReadingCall& call);
  void End(ReadingCall& call);
  // Calls EndReading for those that have been there for longer than allowed.
  void Look();

 private:
  const std::chrono::milliseconds max_;
  const Clock& clock_;
  // gRPC may tell a call on this very thread, in the middle of EndReading, that its reading is
  // over.
  std::recursive_mutex mutex_;
  std::list<ReadingCall*> calls_;   // by their beginning
  std::unique_ptr<Ticker> ticker_;  // last: it uses the others
};

}  // namespace kmaas::grpc_front
