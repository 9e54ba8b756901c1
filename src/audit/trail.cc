#include "audit/trail.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <thread>
#include <vector>

#include "audit/group_append.h"
#include "audit/render.h"
#include "audit/resume.h"
#include "base/log.h"

namespace kmaas::audit {
namespace {

Error Refusal(const std::string& message) { return {ErrorCode::kKmsInternal, message, message}; }

// One process at a time appends to a directory; the kernel lets go with the process.
class DirectoryLock {
 public:
  static Result<DirectoryLock> Take(const std::string& directory) {
    DirectoryLock lock(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (lock.file_ < 0) {
      return Refusal("cannot open the audit directory " + directory + ": " +
                     FileError("open", errno).message + ". It must exist, with mode 0700.");
    }
    if (access(directory.c_str(), W_OK | X_OK) != 0) {
      return Refusal(FileError("cannot write to the audit directory " + directory, errno).message +
                     ". It must be writable by the user that kmaasd runs as, on a file system that "
                     "is not read-only.");
    }
    if (flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
      return Refusal("the audit directory " + directory +
                     " is in use by another process. Stop that one first.");
    }
    return lock;
  }
  DirectoryLock(DirectoryLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock() {
    if (file_ >= 0) close(file_);
  }

 private:
  explicit DirectoryLock(int file) : file_(file) {}
  int file_;
};

}  // namespace

struct Trail::Parts {
  Parts(DirectoryLock held, GroupAppend::Settings settings, const Clock& clock,
        ResumedTrail resumed)
      : lock(std::move(held)), group(std::move(settings), clock, std::move(resumed)) {}

  DirectoryLock lock;
  GroupAppend group;
};

Trail::Trail(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Trail::~Trail() = default;

Result<std::unique_ptr<Trail>> Trail::Open(const TrailOptions& options, const Clock& clock) {
  const FileCalls& calls = options.calls == nullptr ? FileCalls::System() : *options.calls;
  KM_TRY(DirectoryLock lock, DirectoryLock::Take(options.directory));
  KM_TRY(ResumedTrail resumed, ResumeTrail(options.directory, calls));
  GroupAppend::Settings settings{{options.directory, options.bytes_per_file_max, calls},
                                 options.flush_interval};
  return std::unique_ptr<Trail>(new Trail(
      std::make_unique<Parts>(std::move(lock), std::move(settings), clock, std::move(resumed))));
}

Result<void> Trail::Append(const ports::AuditRecord& record) {
  return parts_->group.Append(record.event_id, audit::Render(record), Known::kWrite);
}

std::string Trail::Render(const ports::AuditRecord& record) const { return audit::Render(record); }

Result<void> Trail::AppendRendered(const std::string& event_id, const std::string& rendered) {
  // What comes back from the store was rendered here; anything else would break the file's form.
  if (EventId(rendered) != event_id || event_id.empty() || rendered.find('\n') != std::string::npos)
    return Refusal("audit: the rendered record " + event_id + " is not one");
  return parts_->group.Append(event_id, rendered, Known::kSkip);
}

Result<void> Trail::Flush() { return parts_->group.Flush(); }

bool Trail::IsDurable() const { return parts_->group.IsDurable(); }

ChainHead Trail::head() { return parts_->group.head(); }

std::uint64_t Trail::last_sequence() const { return parts_->group.last_sequence(); }

TrailCounters Trail::counters() const { return parts_->group.counters(); }

}  // namespace kmaas::audit
