// The program's own fsync, which the linker prefers to the C library's.
#include "tests/component/hsm/flush_witness.h"

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <mutex>

namespace kmaas::hsm {
namespace {

std::mutex mutex;
std::vector<std::string> paths;  // guarded by mutex
std::atomic<bool> watching{false};
std::atomic<bool> failing{false};

}  // namespace

FlushWitness::FlushWitness() {
  const std::lock_guard lock(mutex);
  paths.clear();
  watching = true;
}

FlushWitness::~FlushWitness() {
  watching = false;
  failing = false;
}

std::vector<std::string> FlushWitness::flushed() const {
  const std::lock_guard lock(mutex);
  return paths;
}

void FlushWitness::Fail(bool fail) { failing = fail; }

}  // namespace kmaas::hsm

extern "C" int fsync(int file) {
  if (kmaas::hsm::watching) {
    std::error_code ignored;
    const auto link = "/proc/self/fd/" + std::to_string(file);
    const std::lock_guard lock(kmaas::hsm::mutex);
    kmaas::hsm::paths.push_back(std::filesystem::read_symlink(link, ignored).string());
  }
  if (kmaas::hsm::failing) {
    errno = EIO;
    return -1;
  }
  return 0;
}
