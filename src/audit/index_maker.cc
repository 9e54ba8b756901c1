#include "audit/index_maker.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "audit/file_index.h"
#include "base/log.h"

namespace kmaas::audit {
namespace {

constexpr std::uint64_t kTicksOfRest = 300;
// An index is a sixth of its file or less; the rest of the room is the trail's.
constexpr std::uint64_t kRoomInFiles = 4;

// Of the thread that calls: Linux keeps both for each thread (setpriority(2), ioprio_set(2)).
// Without them the work is done all the same.
void LowerPriority() {
  constexpr int kLeast = 19;
  constexpr int kOfThread = 1;        // IOPRIO_WHO_PROCESS, which takes a thread's id
  constexpr int kWhenIdle = 3 << 13;  // IOPRIO_CLASS_IDLE
  (void)setpriority(PRIO_PROCESS, 0, kLeast);
  (void)syscall(SYS_ioprio_set, kOfThread, 0, kWhenIdle);
}

bool HasRoomFor(const TrailFile& file) {
  std::error_code failure;
  const std::uint64_t size = std::filesystem::file_size(file.path, failure);
  if (failure) return false;
  const auto space = std::filesystem::space(file.path, failure);
  return !failure && space.available / kRoomInFiles >= size;
}

}  // namespace

void IndexMaker::Tick() {
  if (ticks_to_rest_ > 0) {
    --ticks_to_rest_;
    return;
  }
  const Result<std::vector<TrailFile>> files = ListTrailFiles(directory_);
  if (!files || files->empty()) return;
  std::optional<TrailFile> newest;
  std::uint64_t missing = 0;
  // The last one takes records and has none.
  for (std::size_t index = 0; index + 1 < files->size(); ++index) {
    const TrailFile& file = (*files)[index];
    if (indexed_.contains(file.first_sequence)) continue;
    if (FileIndex::Open(file)) {
      indexed_.insert(file.first_sequence);
      continue;
    }
    ++missing;
    newest = file;
  }
  missing_ = missing;
  if (!newest || !HasRoomFor(*newest)) return;
  if (const Result<void> made = Make(*newest); !made) {
    ++failed_;
    ticks_to_rest_ = kTicksOfRest;
    log::Warning("audit_index_not_made", {{"file", newest->name}, {"detail", made.error().detail}});
  }
}

// Retention removes a file and then its index: an index that came in between goes as well.
Result<void> IndexMaker::Make(const TrailFile& file) {
  KM_CHECK(BuildIndex(file));
  if (access(file.path.c_str(), F_OK) != 0) {
    (void)unlink(IndexPath(file).c_str());
    return {};
  }
  indexed_.insert(file.first_sequence);
  ++made_;
  --missing_;
  return {};
}

BackgroundIndexes::BackgroundIndexes(std::string directory, std::chrono::milliseconds interval)
    : maker_(std::move(directory)),
      ticker_(
          "audit_index_not_made",
          [this] {
            if (!std::exchange(priority_is_low_, true)) LowerPriority();
            maker_.Tick();
          },
          interval) {}

}  // namespace kmaas::audit
