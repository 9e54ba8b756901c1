#include "cli/credentials_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "app/private_file.h"

namespace kmaas::cli {

Result<void> FillCredentialsFile(const std::string& file, std::string_view content) {
  const int handle = ::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW);
  const bool written =
      handle >= 0 &&
      ::write(handle, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
      ::fsync(handle) == 0;
  const int failure = errno;
  if (handle >= 0) ::close(handle);
  if (written) return {};
  return Error{ErrorCode::kKmsInternal, file + ": cannot be written: " + app::ErrnoText(failure)};
}

}  // namespace kmaas::cli
