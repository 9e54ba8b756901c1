#include "app/server_process.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>

namespace kmaas::app {

std::optional<std::string> ServerProcess(const std::string& database) {
  const int file = ::open((database + ".lock").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return std::nullopt;
  std::optional<std::string> owner;
  if (::flock(file, LOCK_SH | LOCK_NB) != 0) {
    std::array<char, 32> text{};
    const ssize_t size = ::read(file, text.data(), text.size());
    owner = std::string(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    owner->erase(owner->find_last_not_of('\n') + 1);
  }
  ::close(file);
  return owner;
}

}  // namespace kmaas::app
