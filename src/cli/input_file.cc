#include "cli/input_file.h"

#include <cerrno>
#include <fstream>

#include "app/private_file.h"

namespace kmaas::cli {

Result<Bytes> ReadInput(const std::string& file, std::size_t bytes_max) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::string content(bytes_max + 1, '\0');
  if (stream) stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (!stream.is_open() || stream.bad() || (stream.gcount() == 0 && errno != 0))
    return Error{ErrorCode::kValidation, file + ": " + app::ErrnoText(errno)};
  content.resize(static_cast<std::size_t>(stream.gcount()));
  const ByteView bytes = AsBytes(content);
  if (content.size() <= bytes_max) return Bytes(bytes.begin(), bytes.end());
  return Error{ErrorCode::kValidation,
               file + ": has more than " + std::to_string(bytes_max) + " bytes"};
}

}  // namespace kmaas::cli
