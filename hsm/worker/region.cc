#include "hsm/worker/region.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace kmaas::hsm::worker {
namespace {

std::size_t BytesOf(const Layout& layout) {
  return layout.slots() * sizeof(Slot) + sizeof(std::atomic<std::uint64_t>);
}

Error Failed(const std::string& what) {
  return {ErrorCode::kKmsInternal,
          "memory of an HSM worker: " + what + ": " + std::generic_category().message(errno)};
}

long Futex(const std::atomic<std::uint32_t>& word, int operation, std::uint32_t value,
           const timespec* longest) {
  return ::syscall(SYS_futex, &word, operation, value, longest, nullptr, 0);
}

}  // namespace

Layout LayoutFor(std::size_t calls) {
  constexpr std::size_t kRoamingMax = kSlotsMax / 2;
  const long processors = ::sysconf(_SC_NPROCESSORS_CONF);
  Layout layout;
  layout.quick = kQuickOfProcessor * static_cast<std::size_t>(std::max(processors, 1L));
  // With more processors than that, threads that stay on theirs would be idle most of the time.
  if (layout.quick > kSlotsMax - kRoamingMax) layout.quick = 0;
  layout.roaming = std::clamp<std::size_t>(calls, 1, kRoamingMax);
  return layout;
}

Result<int> Region::MakeFile(const Layout& layout) {
  const int file = ::memfd_create("kmaas-hsm-worker", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (file < 0) return Failed("memfd_create");
  // A worker that shrinks it would have the server read beyond its end.
  if (::ftruncate(file, static_cast<off_t>(BytesOf(layout))) == 0 &&
      ::fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
    return file;
  Error error = Failed("its size");
  ::close(file);
  return error;
}

Result<Region> Region::Map(int file, const Layout& layout) {
  const std::size_t size = BytesOf(layout);
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) return Failed("mmap");
  // As far as the limit goes; what passes through is wiped after each call.
  (void)::mlock(memory, size);
  (void)::madvise(memory, size, MADV_DONTDUMP);
  return Region(memory, size, layout.slots());
}

Region::Region(Region&& other) noexcept
    : size_(other.size_), count_(other.count_), slots_(std::exchange(other.slots_, nullptr)) {}

Region::~Region() {
  if (slots_ != nullptr) ::munmap(slots_, size_);
}

std::atomic<std::uint64_t>& Region::resident_bytes() const {
  return *reinterpret_cast<std::atomic<std::uint64_t>*>(slots_ + count_);
}

void FutexWait(const std::atomic<std::uint32_t>& word, std::uint32_t value,
               std::chrono::nanoseconds longest) {
  if (longest <= std::chrono::nanoseconds(0)) return;
  constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
  const timespec span{longest.count() / kNanosPerSecond, longest.count() % kNanosPerSecond};
  (void)Futex(word, FUTEX_WAIT, value, &span);
}

void FutexWait(const std::atomic<std::uint32_t>& word, std::uint32_t value) {
  (void)Futex(word, FUTEX_WAIT, value, nullptr);
}

void FutexWake(std::atomic<std::uint32_t>& word) { (void)Futex(word, FUTEX_WAKE, 1, nullptr); }

}  // namespace kmaas::hsm::worker
