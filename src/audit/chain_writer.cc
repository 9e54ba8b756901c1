#include "audit/chain_writer.h"

#include "audit/trail_files.h"

namespace kmaas::audit {
namespace {

std::chrono::sys_days DayOf(WallTime time) { return std::chrono::floor<std::chrono::days>(time); }

}  // namespace

ChainWriter::ChainWriter(Settings settings, const Clock& clock, TrailState state)
    : settings_(std::move(settings)),
      clock_(clock),
      head_(state.head),
      day_(DayOf(clock.Now())),
      appended_(head_.sequence),
      durable_(head_.sequence),
      file_(std::move(state.file)) {
  // A file of another day takes no more records.
  const bool is_of_today = FormatIso8601(clock.Now()).starts_with(state.day);
  if (!state.day.empty() && !is_of_today) day_ -= std::chrono::days(1);
}

std::shared_ptr<AppendFile> ChainWriter::file() const {
  const std::lock_guard lock(file_mutex_);
  return file_;
}

Result<void> ChainWriter::Append(std::span<const std::string_view> events) {
  buffer_.clear();
  ChainHead head = head_;
  for (const std::string_view event : events) AppendRecord(buffer_, head, event);
  KM_CHECK(TurnPage(buffer_.size()));
  KM_CHECK(file_->Write(buffer_));
  head_ = head;
  appended_ = head.sequence;
  return {};
}

// An empty file is used whatever its size limit and its day.
Result<void> ChainWriter::TurnPage(std::size_t bytes) {
  const std::chrono::sys_days today = DayOf(clock_.Now());
  const bool is_empty = file_ != nullptr && file_->size() == 0;
  const bool fits = file_ != nullptr && file_->size() + bytes <= settings_.bytes_per_file_max;
  if (is_empty || (fits && today == day_)) {
    day_ = today;
    return {};
  }
  // A file that is left behind is durable, so that Sync needs to look at the newest only; and
  // whole, because a start mends the end of the newest alone.
  if (file_ != nullptr) KM_CHECK(file_->Finish());
  KM_TRY(std::shared_ptr<AppendFile> next,
         AppendFile::Create(settings_.directory + "/" + TrailFileName(head_.sequence + 1),
                            settings_.calls));
  const std::lock_guard lock(file_mutex_);
  file_ = std::move(next);
  day_ = today;
  return {};
}

Result<void> ChainWriter::Sync() {
  const std::uint64_t target = appended_;
  const std::shared_ptr<AppendFile> newest = file();
  if (newest == nullptr || durable_ >= target) return {};
  KM_CHECK(newest->Sync());
  durable_ = target;
  return {};
}

}  // namespace kmaas::audit
