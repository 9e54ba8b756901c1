#include "siem/cursor_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "audit/append_file.h"
#include "base/encoding.h"

namespace kmaas::siem {
namespace {

constexpr std::string_view kForm = "kmaas siem cursor 2\n";
// Before seals were sent: the same without their line.
constexpr std::string_view kFormBefore = "kmaas siem cursor 1\n";
constexpr std::size_t kErrorBytesMax = 500;
constexpr std::size_t kFileBytesMax = 4096;
constexpr std::int64_t kMillisMax = 9'000'000'000'000;  // in the year 2255; more is no time

Error Refused(const std::string& path) {
  return {ErrorCode::kValidation,
          path + ": is no cursor; remove it, and the destination gets the whole trail again"};
}

// The rest of the line that begins with `name`, taken off the front of `text`.
bool TakeLine(std::string_view& text, std::string_view name, std::string_view& value) {
  const std::size_t end = text.find('\n');
  if (!text.starts_with(name) || end == std::string_view::npos) return false;
  value = text.substr(name.size(), end - name.size());
  text.remove_prefix(end + 1);
  return true;
}

template <class N>
bool ToNumber(std::string_view text, N& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0;
}

}  // namespace

Result<void> WriteWholeFile(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  const int file =
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
             S_IRUSR | S_IWUSR);
  if (file < 0) return audit::FileError("cannot write " + beside, errno);
  const bool written = WriteAll(file, text);
  const int failure = errno;
  ::close(file);
  if (!written) {
    ::unlink(beside.c_str());
    return audit::FileError("cannot write " + beside, failure);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0)
    return audit::FileError("cannot rename to " + path, errno);
  return audit::SyncDirectory(std::filesystem::path(path).parent_path().string());
}

std::string CursorFile(const std::string& directory, const std::string& destination) {
  return directory + "/" + destination + ".cursor";
}

std::string ToText(const Cursor& cursor) {
  std::string error = cursor.error.substr(0, kErrorBytesMax);
  std::replace_if(
      error.begin(), error.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return std::string(kForm) + "sequence " + std::to_string(cursor.head.sequence) + "\nhash " +
         HexEncode(cursor.head.hash) + "\nseal " + std::to_string(cursor.seal) + "\nat " +
         std::to_string(ToEpochMillis(cursor.at)) + "\nerror " + error + "\n";
}

Result<Cursor> ParseCursor(const std::string& text, const std::string& path) {
  Cursor cursor;
  std::string_view rest = text, sequence, hash, seal = "0", at, error;
  std::int64_t millis = 0;
  const bool has_seal = rest.starts_with(kForm);
  const bool has_form = has_seal || rest.starts_with(kFormBefore);
  if (has_form) rest.remove_prefix(kForm.size());
  if (!has_form || !TakeLine(rest, "sequence ", sequence) || !TakeLine(rest, "hash ", hash) ||
      (has_seal && !TakeLine(rest, "seal ", seal)) || !TakeLine(rest, "at ", at) ||
      !TakeLine(rest, "error ", error) || !rest.empty() ||
      !ToNumber(sequence, cursor.head.sequence) || !ToNumber(seal, cursor.seal) ||
      !ToNumber(at, millis) || millis < 0 || millis > kMillisMax)
    return Refused(path);
  const std::optional<Bytes> bytes = HexDecode(hash);
  if (!bytes || bytes->size() != cursor.head.hash.size()) return Refused(path);
  std::copy(bytes->begin(), bytes->end(), cursor.head.hash.begin());
  cursor.at = FromEpochMillis(millis);
  cursor.error = std::string(error);
  if (has_seal && ToText(cursor) != text) return Refused(path);
  return cursor;
}

Result<Cursor> LoadCursor(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0 && errno == ENOENT) return Cursor();
  if (file < 0) return audit::FileError("cannot read " + path, errno);
  struct stat status {};
  const bool is_file = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  std::string text(kFileBytesMax + 1, '\0');
  const ssize_t got = is_file ? ::read(file, text.data(), text.size()) : 0;
  const int failure = errno;
  ::close(file);
  if (got < 0) return audit::FileError("cannot read " + path, failure);
  text.resize(static_cast<std::size_t>(got));
  return ParseCursor(text, path);
}

}  // namespace kmaas::siem
