#include "audit/trail_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "audit/append_file.h"
#include "audit/descriptor.h"

namespace kmaas::audit {
namespace {

constexpr std::string_view kRecordsPrefix = "audit-";
constexpr std::string_view kSealsPrefix = "seals-";
constexpr std::string_view kSuffix = ".jsonl";
constexpr std::size_t kDigits = 16;

// 0 for any other name: numbers begin at 1.
std::uint64_t SequenceOf(std::string_view name, std::string_view prefix) {
  if (name.size() != prefix.size() + kDigits + kSuffix.size()) return 0;
  if (!name.starts_with(prefix) || !name.ends_with(kSuffix)) return 0;
  const std::string_view digits = name.substr(prefix.size(), kDigits);
  std::uint64_t sequence = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), sequence);
  return error == std::errc() && end == digits.data() + digits.size() ? sequence : 0;
}

constexpr std::size_t kReadBytes = std::size_t{256} << 10U;
// Far above what a request can put into a record; a line without an end is no line.
constexpr std::size_t kLineBytesMax = std::size_t{8} << 20U;

// Appends what comes next; nothing at the end of the file.
bool ReadMore(int file, std::string& buffer) {
  const std::size_t before = buffer.size();
  buffer.resize(before + kReadBytes);
  ssize_t got = 0;
  do {
    got = read(file, buffer.data() + before, kReadBytes);
  } while (got < 0 && errno == EINTR);
  buffer.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return got >= 0;
}

std::string FileName(std::string_view prefix, std::uint64_t first) {
  const std::string digits = std::to_string(first);
  const std::string zeros(kDigits - std::min(kDigits, digits.size()), '0');
  return std::string(prefix) + zeros + digits + std::string(kSuffix);
}

Result<std::vector<TrailFile>> ListFiles(const std::string& directory, std::string_view prefix) {
  std::vector<TrailFile> files;
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const std::uint64_t first = SequenceOf(name, prefix);
    if (first != 0) files.push_back({entry->path().string(), name, first});
  }
  if (error) return FileError("cannot read the audit directory " + directory, error.value());
  std::sort(files.begin(), files.end(), [](const TrailFile& one, const TrailFile& other) {
    return one.first_sequence < other.first_sequence;
  });
  return files;
}

}  // namespace

std::string TrailFileName(std::uint64_t first_sequence) {
  return FileName(kRecordsPrefix, first_sequence);
}

std::string SealFileName(std::uint64_t first_number) {
  return FileName(kSealsPrefix, first_number);
}

Result<std::vector<TrailFile>> ListTrailFiles(const std::string& directory) {
  return ListFiles(directory, kRecordsPrefix);
}

Result<std::vector<TrailFile>> ListSealFiles(const std::string& directory) {
  return ListFiles(directory, kSealsPrefix);
}

// Not of a FIFO or a device, which could hold up the reader for ever.
bool WasNeverWritten(const RawLine& line) { return line.text.find('\0') != std::string_view::npos; }

Result<void> ReadLines(const std::string& path, const std::function<void(const RawLine&)>& each) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (file.number < 0 || fstat(file.number, &status) != 0)
    return FileError("cannot read " + path, errno);
  if (!S_ISREG(status.st_mode)) return FileError("is no file: " + path, EINVAL);
  std::string buffer;
  std::size_t searched = 0;
  RawLine line;
  const auto give = [&](std::string_view text, bool is_whole) {
    line.text = text;
    line.is_whole = is_whole;
    ++line.number;
    each(line);
    line.start += text.size() + 1;
  };
  for (;;) {
    if (!ReadMore(file.number, buffer)) return FileError("cannot read " + path, errno);
    if (searched == buffer.size()) break;
    std::size_t taken = 0;
    for (std::size_t end = buffer.find('\n', searched); end != std::string::npos;
         end = buffer.find('\n', taken)) {
      give(std::string_view(buffer).substr(taken, end - taken), true);
      taken = end + 1;
    }
    buffer.erase(0, taken);
    searched = buffer.size();
    if (searched > kLineBytesMax) {
      return FileError(path + " line " + std::to_string(line.number + 1) + " is longer than any",
                       EFBIG);
    }
  }
  if (!buffer.empty()) give(buffer, false);
  return {};
}

}  // namespace kmaas::audit
