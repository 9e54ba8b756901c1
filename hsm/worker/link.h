// The server's end of one worker, from its start to its end.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/secret_bytes.h"
#include "hsm/worker/region.h"

namespace kmaas::hsm::worker {

// Why a worker ended, or is about to.
enum class End { kRunning, kAsked, kCrashed, kHung, kGarbled };

// How long the end of a worker is waited for.
struct Patience {
  std::chrono::milliseconds to_end{2'000};  // by itself, when it is asked to
  std::chrono::milliseconds to_die{5'000};  // when it was killed: then it is left behind
};

// Thread-safe, but for its construction and end.
class Link {
 public:
  using Kill = std::function<void()>;
  enum class Outcome { kAnswered, kTooLarge, kGone };

  // What goes to the worker and what comes back. Learn() is called at most once, after Ask().
  class Message {
   public:
    virtual ~Message() = default;
    virtual void Ask(Writer& request) const = 0;
    virtual void Learn(Reader& reply) const = 0;
  };

  // Owns `lifeline`, whose other end only the worker has: it ends with the worker. `kill` ends the
  // worker at once and may be called from any thread. Throws when no thread can be started.
  Link(Region region, const Layout& layout, int lifeline, Kill kill, const Patience& patience = {});
  // Waits until the worker is gone: it is asked to end, and killed when it does not. One that the
  // kernel cannot end yet, because it waits for a device, is left behind: its calls are over, and
  // the supervisor takes it when it ends.
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // One call, on the caller's thread. A worker that has not answered after `longest` counts as
  // hung, one whose answer cannot be understood as taken over: both are killed, and the call fails
  // as all others that it had. `quick`: the call takes microseconds.
  Outcome Call(const Message& message, bool quick, std::chrono::milliseconds longest);

  bool IsGone() const { return gone_.load(std::memory_order_acquire); }
  // kCrashed when it ended by itself.
  End end() const;
  std::uint64_t resident_bytes() const { return region_.resident_bytes().load(); }
  std::size_t calls() const;  // now

 private:
  // A slot for one call.
  class Lease {
   public:
    Lease(Link& link, bool quick);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    std::size_t number() const { return number_; }

   private:
    Link& link_;
    std::size_t number_;
  };
  struct Own {
    std::uint32_t newest = 0;               // number of a call
    SecretBytes reply;                      // a copy, out of the worker's reach
    std::atomic<std::uint32_t> running{0};  // number of the call that is in the worker; 0: none
    std::atomic<std::int64_t> longest_millis{0};
  };
  // What the watcher saw of a slot.
  struct Watched {
    std::uint32_t running = 0;
    std::chrono::steady_clock::time_point since;
  };

  std::size_t Take(bool quick);
  std::size_t TryTake(std::uint64_t among);
  std::uint64_t QuickHere() const;
  bool Wait(Slot& slot, std::uint32_t number) const;
  // Copies the reply out and has it read; false when it makes no sense.
  static bool Read(Slot& slot, Own& own, const Message& message, std::size_t asked_bytes);
  void Condemn(End why);
  void EndByForce();
  void Watch();  // until the worker is gone
  void ReleaseCallers();
  bool IsOpen() const;
  // Condemns a worker with a call that takes too long. Callers wait without a limit of their own,
  // because a timer for each would cost a good part of what the call does.
  void LookForHungCalls(std::vector<Watched>& watched);

  const Region region_;
  const Layout layout_;
  const int lifeline_;
  const Kill kill_;
  const Patience patience_;
  std::vector<Own> own_;  // by slot; of whoever has it
  std::atomic<std::uint64_t> free_;
  std::atomic<std::size_t> waiting_{0};  // for a slot
  std::mutex mutex_;
  std::condition_variable changed_;  // a slot is free, or the worker gone
  std::atomic<End> why_{End::kRunning};
  std::atomic<bool> killed_{false};
  std::atomic<bool> gone_{false};
  std::thread watcher_;  // last: it uses the others
};

}  // namespace kmaas::hsm::worker
