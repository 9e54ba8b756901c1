// Loaded before a server with LD_PRELOAD, loses every KMAAS_TEST_LOSES_EACH-th write of audit
// records and says that it was done: a server that answers before its record, for tests that must
// find one.
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

unsigned long LosesEach() {
  static const char* const text = std::getenv("KMAAS_TEST_LOSES_EACH");
  return text == nullptr ? 0 : std::strtoul(text, nullptr, 10);
}

bool IsOfRecords(int file) {
  std::array<char, 4096> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  const ssize_t size = readlink(link.c_str(), path.data(), path.size());
  if (size <= 0) return false;
  const std::string_view name(path.data(), static_cast<std::size_t>(size));
  return name.find("/audit-") != std::string_view::npos && name.ends_with(".jsonl");
}

}  // namespace

extern "C" ssize_t write(int file, const void* bytes, size_t size) {
  static std::atomic<unsigned long> writes{0};
  const unsigned long each = LosesEach();
  if (each != 0 && IsOfRecords(file) && ++writes % each == 0) return static_cast<ssize_t>(size);
  return syscall(SYS_write, file, bytes, size);
}
