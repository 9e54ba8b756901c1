#include "tests/unit/audit/trail_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "audit/chain.h"
#include "audit/render.h"
#include "audit/trail_files.h"

namespace kmaas::audit {

FaultyCalls::FaultyCalls() {
  calls_.write = [this](int file, const void* bytes, std::size_t size) -> ssize_t {
    if (!Fails()) return ::write(file, bytes, size);
    (void)!::write(file, bytes, size / 2);
    errno = ENOSPC;
    return -1;
  };
  calls_.truncate = [this](int file, off_t size) {
    if (!Fails()) return ::ftruncate(file, size);
    errno = EIO;
    return -1;
  };
  calls_.sync = [this](int file) {
    if (Fails()) {
      errno = EIO;
      return -1;
    }
    struct stat found {};
    if (::fdatasync(file) != 0 || ::fstat(file, &found) != 0) return -1;
    const std::lock_guard lock(mutex_);
    flushed_[found.st_ino] = static_cast<std::uint64_t>(found.st_size);
    return 0;
  };
}

void FaultyCalls::Arm(std::uint64_t n, Fault fault) {
  const std::lock_guard lock(mutex_);
  calls_made_ = 0;
  failing_call_ = n;
  fault_ = fault;
  has_failed_ = false;
}

bool FaultyCalls::Fails() {
  const std::lock_guard lock(mutex_);
  ++calls_made_;
  if (failing_call_ == 0 || calls_made_ < failing_call_) return false;
  if (fault_ == Fault::kOnce && calls_made_ > failing_call_) return false;
  has_failed_ = true;
  return true;
}

bool FaultyCalls::has_failed() const {
  const std::lock_guard lock(mutex_);
  return has_failed_;
}

std::uint64_t FaultyCalls::flushed(const std::string& path) const {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return 0;
  const std::lock_guard lock(mutex_);
  const auto known = flushed_.find(found.st_ino);
  return known == flushed_.end() ? 0 : known->second;
}

TrailDirectory::TrailDirectory() {
  options.directory = directory_.path();
  options.flush_interval = std::chrono::milliseconds(0);
  options.calls = &faults.calls();
}

std::unique_ptr<Trail> TrailDirectory::Open() {
  auto opened = TryOpen();
  if (!opened) throw std::runtime_error(opened.error().message);
  return *std::move(opened);
}

std::vector<std::string> TrailDirectory::Files() const {
  std::vector<std::string> names;
  const auto files = ListTrailFiles(directory_.path());
  for (const TrailFile& file : *files) names.push_back(file.name);
  return names;
}

std::vector<std::string> TrailDirectory::Ids() const {
  std::vector<std::string> ids;
  for (const std::string& name : Files()) {
    for (const std::string& line : SplitLines(Content(name))) {
      const auto parsed = ParseLine(line);
      ids.emplace_back(parsed ? EventId(parsed->event) : "(unreadable)");
    }
  }
  return ids;
}

VerifyReport TrailDirectory::Verify() const {
  auto report = VerifyTrail(directory_.path());
  if (!report) throw std::runtime_error(report.error().message);
  return *std::move(report);
}

std::string TrailDirectory::Content(const std::string& name) const {
  std::ifstream file(File(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void TrailDirectory::Replace(const std::string& name, const std::string& content) const {
  std::ofstream(File(name), std::ios::binary | std::ios::trunc) << content;
}

void TrailDirectory::Edit(const std::string& name,
                          const std::function<void(std::vector<std::string>&)>& edit) const {
  std::vector<std::string> lines = SplitLines(Content(name));
  edit(lines);
  std::string content;
  for (const std::string& line : lines) content += line + "\n";
  Replace(name, content);
}

ports::AuditRecord WriteRecord(const std::string& id) {
  ports::AuditRecord record = fakes::SampleRecord(id);
  record.event_name = "DisableKey";
  record.read_only = false;
  return record;
}

Result<void> Deliver(Trail& trail, const std::string& id) {
  return trail.AppendRendered(id, trail.Render(WriteRecord(id)));
}

std::vector<std::string> SplitLines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

}  // namespace kmaas::audit
