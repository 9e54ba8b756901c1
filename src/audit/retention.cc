#include "audit/retention.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "audit/append_file.h"
#include "audit/chain_check.h"
#include "audit/event_fields.h"
#include "audit/file_index.h"
#include "audit/uses_of_keys.h"
#include "base/log.h"

namespace kmaas::audit {
namespace {

bool IsServiceEvent(std::string_view event) {
  // Behind all that a caller shapes as JSON.
  const std::size_t at = event.rfind(R"(,"eventType":")");
  return at != std::string_view::npos &&
         event.substr(at).starts_with(R"(,"eventType":"AwsServiceEvent")");
}

}  // namespace

std::chrono::days DaysOf(std::string_view event, const RetentionDays& retention) {
  if (IsServiceEvent(event)) return retention.service;
  const std::string_view name = ReadFields(event).name;
  return IsUseOfKey(name) ? retention.cryptography : retention.management;
}

Retention::Retention(std::string directory, const RetentionDays& days, Sealer& sealer,
                     const ports::RetentionGuard* guard, const Clock& clock, MayDestroy may_destroy)
    : directory_(std::move(directory)),
      days_(days),
      sealer_(sealer),
      guard_(guard),
      clock_(clock),
      may_destroy_(std::move(may_destroy)) {}

Result<bool> Retention::MayGo(const TrailFile& file, std::uint64_t last, ChainHead& end) const {
  const WallTime now = clock_.Now();
  bool must_stay = false;
  ChainCheck check(std::nullopt);
  check.BeginFile(file, false);
  KM_CHECK(ReadLines(file.path, [&](const RawLine& line) {
    if (must_stay) return;
    const std::optional<TrailLine> record = check.Add(line);
    if (!record) return;
    const std::chrono::days kept = DaysOf(record->event, days_);
    // Times in this form are in order as texts are.
    must_stay = kept.count() == 0 ||
                ReadFields(record->event).time >= std::string_view(FormatIso8601(now - kept));
  }));
  if (must_stay) return false;
  if (!check.findings().empty() || !check.head() || check.head()->sequence != last) {
    return Error{ErrorCode::kKmsInternal, "",
                 "audit: " + file.path + " is not as it was written, and stays"};
  }
  end = *check.head();
  return true;
}

Result<std::uint64_t> Retention::Apply() {
  std::uint64_t gone = 0;
  if (days_ == RetentionDays{}) return gone;
  KM_TRY(const std::vector<TrailFile> files, ListTrailFiles(directory_));
  for (std::size_t index = 0; index + 1 < files.size(); ++index) {
    const TrailFile& file = files[index];
    const std::uint64_t last = files[index + 1].first_sequence - 1;
    if (last > sealer_.counters().sealed_sequence) break;
    if (guard_ != nullptr && guard_->LowestNeeded() <= last) break;
    ChainHead end;
    KM_TRY(const bool may_go, MayGo(file, last, end));
    if (!may_go || (may_destroy_ && !may_destroy_())) break;
    KM_CHECK(sealer_.Retire(file.first_sequence, end));
    if (unlink(file.path.c_str()) != 0) return FileError("cannot remove " + file.path, errno);
    (void)unlink(IndexPath(file).c_str());  // it may have none
    KM_CHECK(SyncDirectory(directory_));
    log::Info("audit_retired", {{"file", file.name}, {"last_record", last}});
    ++gone;
  }
  return gone;
}

}  // namespace kmaas::audit
