#include "hsm/worker/link.h"

#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/log.h"

namespace kmaas::hsm::worker {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kNone = kSlotsMax;
constexpr int kLookMillis = 100;
constexpr std::chrono::milliseconds kReleaseInterval{5};

std::uint64_t Ones(std::size_t count) {
  return count >= kSlotsMax ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

std::uint32_t After(std::uint32_t number) {
  ++number;
  return number == kWorkerGone ? 1 : number;
}

// Without memory for a line it is not said; the watcher's thread may not throw.
void SayLeftBehind() noexcept {
  try {
    log::Error("hsm_worker_left_behind",
               {{"detail", "it was killed and has not ended: it waits for a device"}});
  } catch (...) {
    return;
  }
}

}  // namespace

Link::Link(Region region, const Layout& layout, int lifeline, Kill kill, const Patience& patience)
    : region_(std::move(region)),
      layout_(layout),
      lifeline_(lifeline),
      kill_(std::move(kill)),
      patience_(patience),
      own_(layout.slots()),
      free_(Ones(layout.slots())) {
  for (Own& own : own_) own.reply = SecretBytes(kMessageBytesMax);
  watcher_ = std::thread([this] { Watch(); });
}

Link::~Link() {
  End running = End::kRunning;
  why_.compare_exchange_strong(running, End::kAsked);
  ::shutdown(lifeline_, SHUT_WR);
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience_.to_end, [this] { return IsGone(); })) EndByForce();
  }
  watcher_.join();
  ::close(lifeline_);
}

End Link::end() const {
  const End why = why_.load();
  return why == End::kRunning && IsGone() ? End::kCrashed : why;
}

std::size_t Link::calls() const {
  return layout_.slots() - static_cast<std::size_t>(std::popcount(free_.load()));
}

// Whatever a worker might send is of no interest; that its end closes is.
bool Link::IsOpen() const {
  pollfd events{lifeline_, POLLIN, 0};
  if (::poll(&events, 1, kLookMillis) <= 0) return true;
  std::uint8_t ignored = 0;
  const ssize_t got = ::recv(lifeline_, &ignored, 1, MSG_DONTWAIT);
  return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

void Link::LookForHungCalls(std::vector<Watched>& watched) {
  const auto now = Clock::now();
  for (std::size_t i = 0; i < watched.size(); ++i) {
    const std::uint32_t running = own_[i].running.load();
    if (running != watched[i].running) watched[i] = {running, now};
    const std::chrono::milliseconds longest(own_[i].longest_millis.load());
    if (running != 0 && now - watched[i].since > longest) Condemn(End::kHung);
  }
}

void Link::Watch() {
  std::vector<Watched> watched(layout_.slots());
  std::optional<Clock::time_point> killed;
  // What the kernel cannot end at once is left behind, for it was told to.
  bool is_left = false;
  while (!is_left && IsOpen()) {
    LookForHungCalls(watched);
    if (!killed && killed_.load()) killed = Clock::now();
    is_left = killed && Clock::now() - *killed >= patience_.to_die;
  }
  if (is_left) SayLeftBehind();
  gone_.store(true);
  // Whoever has closed its end need not have ended.
  if (!killed_.load()) EndByForce();
  ReleaseCallers();
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

// Again and again, for a worker that still lives may write over what is stored here.
void Link::ReleaseCallers() {
  for (bool is_one_left = true; is_one_left;) {
    is_one_left = false;
    for (std::size_t i = 0; i < layout_.slots(); ++i) {
      region_.slot(i).answered.store(kWorkerGone);
      FutexWake(region_.slot(i).answered);
      is_one_left = is_one_left || own_[i].running.load() != 0;
    }
    if (is_one_left) std::this_thread::sleep_for(kReleaseInterval);
  }
}

void Link::Condemn(End why) {
  End running = End::kRunning;
  if (why_.compare_exchange_strong(running, why)) EndByForce();
}

// In this order: who waits for the end must not miss that it was ordered.
void Link::EndByForce() {
  killed_ = true;
  kill_();
}

std::size_t Link::TryTake(std::uint64_t among) {
  std::uint64_t free = free_.load();
  while ((free & among) != 0) {
    const std::uint64_t lowest = (free & among) & ~((free & among) - 1);
    if (free_.compare_exchange_weak(free, free & ~lowest))
      return static_cast<std::size_t>(std::countr_zero(lowest));
  }
  return kNone;
}

// Of quick slots every n-th belongs to the same processor (worker_process.cc).
std::uint64_t Link::QuickHere() const {
  const int processor = ::sched_getcpu();
  std::uint64_t slots = 0;
  if (processor < 0) return slots;
  const std::size_t processors = std::max<std::size_t>(layout_.quick / kQuickOfProcessor, 1);
  for (std::size_t i = static_cast<std::size_t>(processor); i < layout_.quick; i += processors)
    slots |= std::uint64_t{1} << i;
  return slots;
}

std::size_t Link::Take(bool quick) {
  if (quick) {
    const std::size_t slot = TryTake(QuickHere());
    if (slot != kNone) return slot;
  }
  const std::uint64_t roaming = Ones(layout_.slots()) & ~Ones(layout_.quick);
  const std::size_t slot = TryTake(roaming);
  if (slot != kNone) return slot;
  std::unique_lock lock(mutex_);
  ++waiting_;
  std::size_t late = kNone;
  changed_.wait(lock, [&] { return (late = TryTake(roaming)) != kNone; });
  --waiting_;
  return late;
}

Link::Lease::Lease(Link& link, bool quick) : link_(link), number_(link.Take(quick)) {}

Link::Lease::~Lease() {
  link_.free_.fetch_or(std::uint64_t{1} << number_);
  if (link_.waiting_.load() == 0) return;
  const std::lock_guard lock(link_.mutex_);
  link_.changed_.notify_all();
}

bool Link::Wait(Slot& slot, std::uint32_t number) const {
  for (;;) {
    const std::uint32_t seen = slot.answered.load(std::memory_order_acquire);
    if (seen == number) return true;
    if (seen == kWorkerGone || gone_.load()) return false;
    slot.caller_sleeps.store(1);
    FutexWait(slot.answered, seen);
  }
}

bool Link::Read(Slot& slot, Own& own, const Message& message, std::size_t asked_bytes) {
  const std::size_t size = slot.size.load(std::memory_order_relaxed);
  const bool fits = size <= kMessageBytesMax;
  const MutableByteView reply = own.reply.span().first(fits ? size : 0);
  if (!reply.empty()) std::memcpy(reply.data(), slot.message, reply.size());
  WipeMemory(slot.message, std::max(reply.size(), asked_bytes));
  Reader reader(reply);
  if (fits) message.Learn(reader);
  WipeMemory(reply);
  return fits && reader.ok() && reader.AtEnd();
}

Link::Outcome Link::Call(const Message& message, bool quick, std::chrono::milliseconds longest) {
  Lease lease(*this, quick);
  Slot& slot = region_.slot(lease.number());
  Own& own = own_[lease.number()];
  if (IsGone()) return Outcome::kGone;
  Writer request(MutableByteView(slot.message, kMessageBytesMax));
  message.Ask(request);
  if (!request.ok()) {
    WipeMemory(slot.message, request.size());
    return Outcome::kTooLarge;
  }
  slot.size.store(static_cast<std::uint32_t>(request.size()), std::memory_order_relaxed);
  slot.caller_sleeps.store(0, std::memory_order_relaxed);
  own.newest = After(own.newest);
  own.longest_millis.store(longest.count(), std::memory_order_relaxed);
  // In one order with gone_: either the watcher sees the call, or the call that the worker is gone.
  own.running.store(own.newest);
  slot.asked.store(own.newest);
  if (slot.worker_sleeps.load() != 0) FutexWake(slot.asked);
  const bool is_answered = Wait(slot, own.newest);
  own.running.store(0, std::memory_order_relaxed);
  if (!is_answered) {
    WipeMemory(slot.message, kMessageBytesMax);
    return Outcome::kGone;
  }
  if (Read(slot, own, message, request.size())) return Outcome::kAnswered;
  Condemn(End::kGarbled);
  return Outcome::kGone;
}

}  // namespace kmaas::hsm::worker
