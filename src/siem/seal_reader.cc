#include "siem/seal_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "audit/append_file.h"
#include "audit/trail_files.h"

namespace kmaas::siem {
namespace {

// Seals are shorter than 1 KB; a longer line is none.
constexpr std::size_t kReadBytes = std::size_t{16} << 10U;

}  // namespace

void SealReader::StartAfter(std::uint64_t number) {
  file_.Close();
  last_ = number;
}

// The file in which the next seal has to be: the last one that does not begin behind it. False: the
// open one is that, or there is none.
Result<bool> SealReader::OpenFile() {
  const std::string expected = directory_ + "/" + audit::SealFileName(last_ + 1);
  if (file_.is_open() && (path_ == expected || ::access(expected.c_str(), F_OK) != 0)) return false;
  KM_TRY(const std::vector<audit::TrailFile> files, audit::ListSealFiles(directory_));
  const auto behind = std::find_if(files.begin(), files.end(), [&](const audit::TrailFile& file) {
    return file.first_sequence > last_ + 1;
  });
  if (behind == files.begin()) return false;
  KM_CHECK(MakeDurable());
  path_ = std::prev(behind)->path;
  const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return audit::FileError("cannot read " + path_, errno);
  file_ = ReadOnlyFile(file);
  offset_ = 0;
  return true;
}

std::optional<TrailSeal> SealReader::Take(const std::string& line) {
  std::optional<audit::SealLine> parsed = audit::ParseSealLine(line);
  if (parsed && parsed->seal.number <= last_) return std::nullopt;  // confirmed before
  if (!parsed || parsed->seal.number != last_ + 1) {
    ++faults_;
    return std::nullopt;
  }
  last_ = parsed->seal.number;
  return TrailSeal{std::move(parsed->seal), line};
}

Result<std::optional<TrailSeal>> SealReader::Next() {
  if (!file_.is_open()) KM_CHECK(OpenFile());
  std::string bytes(kReadBytes, '\0');
  while (file_.is_open()) {
    bytes.resize(kReadBytes);
    const ssize_t got =
        ::pread(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return audit::FileError("cannot read " + path_, errno);
    bytes.resize(static_cast<std::size_t>(got));
    const std::size_t end = bytes.find('\n');
    if (end == std::string::npos && bytes.size() < kReadBytes) {
      // The rest of a line may follow; only another file of seals ends this one.
      KM_TRY(const bool another, OpenFile());
      if (!another) return std::optional<TrailSeal>();
      continue;
    }
    offset_ += end == std::string::npos ? bytes.size() : end + 1;
    if (std::optional<TrailSeal> seal = Take(bytes.substr(0, end))) return seal;
  }
  return std::optional<TrailSeal>();
}

Result<void> SealReader::MakeDurable() {
  if (!file_.is_open() || ::fdatasync(file_.get()) == 0) return {};
  return audit::FileError("cannot flush " + path_, errno);
}

}  // namespace kmaas::siem
