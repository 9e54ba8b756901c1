#include "siem/trail_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "audit/append_file.h"
#include "audit/trail_files.h"
#include "base/encoding.h"

namespace kmaas::siem {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10U;
// Far above what a request can put into a record; a line without an end is no line.
constexpr std::size_t kLineBytesMax = std::size_t{8} << 20U;

Result<ReadOnlyFile> Open(const std::string& path) {
  // What is no file must not hold up the thread that reads.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return audit::FileError("cannot read " + path, errno);
  ReadOnlyFile opened(file);
  struct stat status {};
  if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode)) return opened;
  return audit::FileError("cannot read " + path, EINVAL);
}

Result<struct stat> StatusOf(const ReadOnlyFile& file, const std::string& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return audit::FileError("cannot read " + path, errno);
  return status;
}

// Nanoseconds; -1 when it cannot be said.
std::int64_t ChangeOf(const std::string& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) return -1;
  return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
}

Result<std::string> ReadAt(const ReadOnlyFile& file, const std::string& path, std::uint64_t start,
                           std::size_t size) {
  std::string bytes(size, '\0');
  ssize_t got = 0;
  do {
    got = ::pread(file.get(), bytes.data(), size, static_cast<off_t>(start));
  } while (got < 0 && errno == EINTR);
  if (got < 0) return audit::FileError("cannot read " + path, errno);
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

}  // namespace

ReadOnlyFile::ReadOnlyFile(ReadOnlyFile&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

ReadOnlyFile& ReadOnlyFile::operator=(ReadOnlyFile&& other) noexcept {
  if (this == &other) return *this;
  Close();
  file_ = std::exchange(other.file_, -1);
  return *this;
}

void ReadOnlyFile::Close() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

Result<void> TrailReader::StartAtOldest() {
  file_.Close();
  buffer_.clear();
  taken_ = 0;
  offset_ = 0;
  last_ = {};
  any_start_ = true;
  listed_ = -1;
  return {};
}

Result<TrailReader::Place> TrailReader::StartAfter(const audit::ChainHead& head) {
  KM_CHECK(StartAtOldest());
  KM_TRY(const std::vector<audit::TrailFile> files, audit::ListTrailFiles(directory_));
  if (head.sequence == 0) return Place::kThere;
  const auto after = std::find_if(files.begin(), files.end(), [&](const audit::TrailFile& file) {
    return file.first_sequence > head.sequence;
  });
  if (after == files.begin()) {
    if (files.empty()) return Place::kForeign;
    if (after->first_sequence > head.sequence + 1) return Place::kRemoved;
    // Retention took exactly what was delivered.
    last_ = head;
    any_start_ = false;
    return Place::kThere;
  }
  path_ = std::prev(after)->path;
  KM_TRY(file_, Open(path_));
  Record record;
  for (;;) {
    KM_TRY(const Step step, Next(record));
    if (step == Step::kRecord && record.head.sequence < head.sequence) continue;
    if (step == Step::kRecord && record.head.sequence == head.sequence &&
        record.head.hash == head.hash)
      return Place::kThere;
    KM_CHECK(StartAtOldest());
    return Place::kForeign;
  }
}

void TrailReader::AcceptBreak() { any_start_ = true; }

Result<void> TrailReader::MakeDurable() {
  if (!file_.is_open() || ::fdatasync(file_.get()) == 0) return {};
  return audit::FileError("cannot flush " + path_, errno);
}

// The file in which the next record has to be. A file before it was flushed when it was full.
Result<bool> TrailReader::OpenNext() {
  const std::string expected = directory_ + "/" + audit::TrailFileName(last_.sequence + 1);
  const std::int64_t change = ChangeOf(directory_);
  // Two changes may bear one time, so the file that is due is looked for by its name, too.
  if (change == listed_ && change != -1 && ::access(expected.c_str(), F_OK) != 0) return false;
  KM_TRY(const std::vector<audit::TrailFile> files, audit::ListTrailFiles(directory_));
  listed_ = change;
  const auto next = std::find_if(files.begin(), files.end(), [&](const audit::TrailFile& file) {
    return file.first_sequence > last_.sequence;
  });
  if (next == files.end()) return false;
  KM_CHECK(MakeDurable());
  KM_TRY(file_, Open(next->path));
  path_ = next->path;
  offset_ = 0;
  buffer_.clear();
  taken_ = 0;
  return true;
}

// More bytes behind those that are there; false at the end of the file.
Result<bool> TrailReader::Fill() {
  buffer_.erase(0, taken_);
  offset_ += taken_;
  taken_ = 0;
  KM_TRY(const std::string more, ReadAt(file_, path_, offset_ + buffer_.size(), kReadBytes));
  buffer_ += more;
  return !more.empty();
}

// A line that is not whole is read again: a writer may take it back.
Result<TrailReader::Step> TrailReader::AtEnd() {
  buffer_.clear();
  KM_TRY(const struct stat status, StatusOf(file_, path_));
  if (std::cmp_less(status.st_size, offset_)) return Step::kBroken;
  KM_TRY(const bool another, OpenNext());
  return another ? Step::kRecord : Step::kEnd;
}

Result<TrailReader::Step> TrailReader::Take(std::string_view line, Record& record) {
  const std::optional<audit::TrailLine> parsed = audit::ParseLine(line);
  const bool fits =
      parsed &&
      (any_start_ || (parsed->sequence == last_.sequence + 1 && parsed->previous == last_.hash));
  if (!parsed && any_start_) {  // passed over: it is no record at all
    taken_ += line.size() + 1;
    return Step::kBroken;
  }
  if (!fits) return Step::kBroken;
  record.head = {parsed->sequence, parsed->hash};
  record.previous = HexEncode(parsed->previous);
  record.event = std::string(parsed->event);
  last_ = record.head;
  any_start_ = false;
  taken_ += line.size() + 1;
  return Step::kRecord;
}

Result<TrailReader::Step> TrailReader::Next(Record& record) {
  if (!file_.is_open()) {
    KM_TRY(const bool opened, OpenNext());
    if (!opened) return Step::kEnd;
  }
  for (;;) {
    const std::size_t end = buffer_.find('\n', taken_);
    if (end != std::string::npos)
      return Take(std::string_view(buffer_).substr(taken_, end - taken_), record);
    if (buffer_.size() - taken_ > kLineBytesMax) return Step::kBroken;
    KM_TRY(const bool more, Fill());
    if (more) continue;
    KM_TRY(const Step step, AtEnd());
    if (step != Step::kRecord) return step;
  }
}

Result<std::uint64_t> NewestSequence(const std::string& directory) {
  KM_TRY(const std::vector<audit::TrailFile> files, audit::ListTrailFiles(directory));
  for (auto newest = files.rbegin(); newest != files.rend(); ++newest) {
    KM_TRY(const ReadOnlyFile file, Open(newest->path));
    KM_TRY(const struct stat status, StatusOf(file, newest->path));
    const auto size = static_cast<std::uint64_t>(status.st_size);
    for (std::size_t wanted = kReadBytes; size > 0; wanted *= 4) {
      const std::uint64_t start = size > wanted ? size - wanted : 0;
      KM_TRY(std::string tail, ReadAt(file, newest->path, start, size - start));
      tail.resize(tail.rfind('\n') == std::string::npos ? 0 : tail.rfind('\n'));
      const std::size_t before = tail.rfind('\n');
      if (before == std::string::npos && start > 0 && wanted < kLineBytesMax) continue;
      const std::size_t first = before == std::string::npos ? 0 : before + 1;
      if (const auto line = audit::ParseLine(std::string_view(tail).substr(first)))
        return line->sequence;
      break;
    }
  }
  return std::uint64_t{0};
}

}  // namespace kmaas::siem
