#include "audit/trail_files.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "audit/append_file.h"

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

// What getline(3) allocates.
struct LineBuffer {
  LineBuffer() = default;
  ~LineBuffer() { std::free(text); }
  LineBuffer(const LineBuffer&) = delete;
  LineBuffer& operator=(const LineBuffer&) = delete;
  char* text = nullptr;
  std::size_t capacity = 0;
};

struct FileCloser {
  void operator()(std::FILE* file) const { (void)std::fclose(file); }
};

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

Result<void> ReadLines(const std::string& path, const std::function<void(const RawLine&)>& each) {
  const std::unique_ptr<std::FILE, FileCloser> file(std::fopen(path.c_str(), "re"));
  if (file == nullptr) return FileError("cannot read " + path, errno);
  LineBuffer buffer;
  RawLine line;
  std::uint64_t next_start = 0;
  for (;;) {
    errno = 0;
    const ssize_t size = getline(&buffer.text, &buffer.capacity, file.get());
    if (size < 0) break;
    line.text = {buffer.text, static_cast<std::size_t>(size)};
    line.start = next_start;
    next_start += line.text.size();
    ++line.number;
    line.is_whole = line.text.ends_with('\n');
    if (line.is_whole) line.text.remove_suffix(1);
    each(line);
  }
  if (std::feof(file.get()) == 0) return FileError("cannot read " + path, errno);
  return {};
}

}  // namespace kmaas::audit
