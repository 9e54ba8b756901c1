// Loaded before a server with LD_PRELOAD, fails its calls upon chosen files when a test says so:
// the n-th one, or all from there on, with an error of the test's choice. The test and the library
// share a small file, which KMAAS_TEST_FAULTS names and tests/e2e/disk_faults.py writes.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr int kShort = -1;  // in the place of an error: half is written, and said so

// As in disk_faults.py.
struct Faults {
  std::atomic<std::uint64_t> calls;   // upon the chosen files, since the test set it to 0
  std::atomic<std::uint64_t> first;   // the call that fails; 0: none
  std::atomic<std::uint64_t> last;    // and the last one
  std::atomic<std::int64_t> error;    // errno, or kShort
  std::atomic<std::uint64_t> failed;  // how many did
  std::atomic<std::uint64_t> kinds;   // bits: 1 writes, 2 flushes, 4 cuts, removals and renames
  std::array<char, 64> within;        // part of the path; ended by a zero
  std::array<char, 64> without;       // no part of it, if not empty
};

Faults* Shared() {
  static Faults* const shared = []() -> Faults* {
    const char* const path = std::getenv("KMAAS_TEST_FAULTS");
    const int file = path == nullptr ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return nullptr;
    void* const mapped = mmap(nullptr, sizeof(Faults), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    return mapped == MAP_FAILED ? nullptr : static_cast<Faults*>(mapped);
  }();
  return shared;
}

// Before the server keeps itself from opening files.
[[maybe_unused]] Faults* const kAtStart = Shared();

// The error to fail with; 0: none.
int FaultOf(std::string_view path, std::uint64_t kind) {
  Faults* const faults = Shared();
  if (faults == nullptr || (faults->kinds & kind) == 0) return 0;
  if (path.find(faults->within.data()) == std::string_view::npos) return 0;
  if (faults->without[0] != '\0' && path.find(faults->without.data()) != std::string_view::npos)
    return 0;
  const std::uint64_t call = ++faults->calls;
  if (faults->first == 0 || call < faults->first || call > faults->last) return 0;
  ++faults->failed;
  return static_cast<int>(faults->error);
}

int FaultOfFile(int file, std::uint64_t kind) {
  Faults* const faults = Shared();
  if (faults == nullptr || (faults->kinds & kind) == 0) return 0;
  const int before = errno;
  std::array<char, 4096> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  const ssize_t size = readlink(link.c_str(), path.data(), path.size());
  errno = before;
  if (size <= 0) return 0;
  return FaultOf({path.data(), static_cast<std::size_t>(size)}, kind);
}

constexpr std::uint64_t kWrites = 1;
constexpr std::uint64_t kFlushes = 2;
constexpr std::uint64_t kChanges = 4;

// Fails as it is told to, or answers how much may be written.
bool Fails(int fault, size_t& size) {
  if (fault == 0) return false;
  if (fault == kShort) {
    if (size > 1) size /= 2;
    return false;
  }
  errno = fault;
  return true;
}

int FailsWhole(int fault) {
  if (fault <= 0) return 0;
  errno = fault;
  return -1;
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
  if (Fails(FaultOfFile(file, kWrites), size)) return -1;
  return syscall(SYS_write, file, bytes, size);
}
ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  if (Fails(FaultOfFile(file, kWrites), size)) return -1;
  return syscall(SYS_pwrite64, file, bytes, size, at);
}
ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
  return pwrite(file, bytes, size, at);
}
int fsync(int file) {
  if (FailsWhole(FaultOfFile(file, kFlushes)) != 0) return -1;
  return static_cast<int>(syscall(SYS_fsync, file));
}
int fdatasync(int file) {
  if (FailsWhole(FaultOfFile(file, kFlushes)) != 0) return -1;
  return static_cast<int>(syscall(SYS_fdatasync, file));
}
int ftruncate(int file, off_t size) noexcept {
  if (FailsWhole(FaultOfFile(file, kChanges)) != 0) return -1;
  return static_cast<int>(syscall(SYS_ftruncate, file, size));
}
int ftruncate64(int file, off64_t size) noexcept { return ftruncate(file, size); }
int unlink(const char* path) noexcept {
  if (FailsWhole(FaultOf(path, kChanges)) != 0) return -1;
  return static_cast<int>(syscall(SYS_unlink, path));
}
int rename(const char* from, const char* to) noexcept {
  if (FailsWhole(FaultOf(to, kChanges)) != 0) return -1;
  return static_cast<int>(syscall(SYS_rename, from, to));
}
}
