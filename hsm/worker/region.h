// The memory that the server and a worker share: slots, each for one call at a time.
//
// A call is written into the message of a slot, then `asked` gets its number; the worker's thread
// of that slot copies the message, does it, writes the reply in its place, and `answered` gets the
// number. Both words are futexes. Neither side believes what the other one wrote: sizes are read
// once, and messages are copied out before they are looked at.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "hsm/worker/formats.h"

namespace kmaas::hsm::worker {

inline constexpr std::size_t kCacheLine = 64;
// In `answered`: the worker is gone. No call has this number.
inline constexpr std::uint32_t kWorkerGone = 0xffffffff;

struct Slot {
  alignas(kCacheLine) std::atomic<std::uint32_t> asked;
  std::atomic<std::uint32_t> worker_sleeps;
  std::atomic<std::uint32_t> size;  // of the message, in bytes
  alignas(kCacheLine) std::atomic<std::uint32_t> answered;
  std::atomic<std::uint32_t> caller_sleeps;
  alignas(kCacheLine) std::uint8_t message[kMessageBytesMax];
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

// How many slots there are, the same on both sides. The threads of quick ones stay each on one
// processor: they go on where the caller stopped, which spares waking another processor.
struct Layout {
  std::size_t quick = 0;
  std::size_t roaming = 0;
  std::size_t slots() const { return quick + roaming; }
};
inline constexpr std::size_t kSlotsMax = 64;
inline constexpr std::size_t kQuickOfProcessor = 2;
// For this machine, and so many calls at a time.
Layout LayoutFor(std::size_t calls);

// Maps the memory while it lives: locked into RAM where the limit allows it, out of core dumps.
class Region {
 public:
  // A file of the right size, sealed against being resized.
  static Result<int> MakeFile(const Layout& layout);
  static Result<Region> Map(int file, const Layout& layout);
  Region(Region&& other) noexcept;
  Region& operator=(Region&&) = delete;
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region();

  Slot& slot(std::size_t number) const { return slots_[number]; }
  // What the worker says that it takes of the machine's memory. Behind the slots.
  std::atomic<std::uint64_t>& resident_bytes() const;

 private:
  Region(void* memory, std::size_t size, std::size_t slots)
      : size_(size), count_(slots), slots_(static_cast<Slot*>(memory)) {}
  std::size_t size_;
  std::size_t count_;
  Slot* slots_;
};

// Waits while the word is `value`, at most so long; also returns for no reason.
void FutexWait(const std::atomic<std::uint32_t>& word, std::uint32_t value,
               std::chrono::nanoseconds longest);
void FutexWait(const std::atomic<std::uint32_t>& word, std::uint32_t value);
void FutexWake(std::atomic<std::uint32_t>& word);

}  // namespace kmaas::hsm::worker
