#include "audit/resume.h"

#include <filesystem>
#include <optional>

#include "audit/chain_check.h"
#include "audit/render.h"
#include "base/log.h"

namespace kmaas::audit {
namespace {

// What reading the newest file leaves.
struct Tail {
  std::uint64_t bytes = 0;  // of whole lines
  std::string day;
  std::string torn;
};

// The newest file and its predecessor, and more where they are short.
std::size_t FirstToCheck(const std::vector<TrailFile>& files) {
  if (files.size() < 2) return 0;
  const std::uint64_t newest = files.back().first_sequence;
  std::size_t first = files.size() - 2;
  while (first > 0 && newest - files[first].first_sequence < kRecentEventsMax) --first;
  return first;
}

Error Broken(const std::string& directory, const Finding& finding) {
  const std::string message = "the audit trail is broken: " + directory + "/" + finding.file +
                              " line " + std::to_string(finding.line) + " (record " +
                              std::to_string(finding.sequence) +
                              "): " + std::string(FindingName(finding.kind)) + ": " + finding.what +
                              ". Nothing was changed. Find out who wrote there; then move the "
                              "files of the trail to another "
                              "directory, where they can be verified, and start with an empty one.";
  return {ErrorCode::kKmsInternal, message, message};
}

// Crashes tear only the end of the newest file.
Result<void> RequireUnbroken(const std::string& directory, const ChainCheck& check,
                             const std::string& newest) {
  for (const Finding& finding : check.findings()) {
    const bool is_crash = finding.kind == FindingKind::kTorn && finding.file == newest;
    if (!is_crash) return Broken(directory, finding);
  }
  return {};
}

Result<void> SetAside(const TrailFile& file, const Tail& tail, const FileCalls& calls) {
  std::string path = file.path + ".torn";
  for (int copy = 2; std::filesystem::exists(path); ++copy)
    path = file.path + ".torn." + std::to_string(copy);
  KM_TRY(const std::shared_ptr<AppendFile> aside, AppendFile::Create(path, calls));
  KM_CHECK(aside->Write(tail.torn));
  KM_CHECK(aside->Sync());
  log::Warning("audit_torn_line",
               {{"file", file.path}, {"bytes", tail.torn.size()}, {"moved_to", path}});
  return {};
}

Result<Tail> CheckFile(const TrailFile& file, bool is_newest, ChainCheck& check,
                       RecentEvents& recent) {
  Tail tail;
  KM_CHECK(ReadLines(file.path, [&](const RawLine& line) {
    const bool is_first_torn = !line.is_whole || (is_newest && WasNeverWritten(line));
    if (is_first_torn || !tail.torn.empty()) {
      RawLine torn = line;
      torn.is_whole = false;
      if (tail.torn.empty()) (void)check.Add(torn);
      tail.torn += line.text;
      if (line.is_whole) tail.torn += '\n';
      return;
    }
    const std::optional<TrailLine> record = check.Add(line);
    tail.bytes = line.start + line.text.size() + 1;
    if (!record) return;
    tail.day = EventDay(record->event);
    if (IsWrite(record->event)) recent.Add(std::string(EventId(record->event)));
  }));
  return tail;
}

}  // namespace

Result<ResumedTrail> ResumeTrail(const std::string& directory, const FileCalls& calls) {
  KM_TRY(const std::vector<TrailFile> files, ListTrailFiles(directory));
  ResumedTrail resumed;
  if (files.empty()) return resumed;
  const std::size_t first = FirstToCheck(files);
  ChainCheck check(files[first].first_sequence == 1 ? std::optional(Genesis()) : std::nullopt);
  Tail tail;
  for (std::size_t index = first; index < files.size(); ++index) {
    check.BeginFile(files[index], index + 1 == files.size());
    KM_TRY(tail, CheckFile(files[index], index + 1 == files.size(), check, resumed.recent));
  }
  const TrailFile& newest = files.back();
  KM_CHECK(RequireUnbroken(directory, check, newest.name));
  if (!check.head() || (tail.bytes == 0 && newest.first_sequence != check.head()->sequence + 1)) {
    return Broken(directory, {FindingKind::kCutOff, newest.name, 1, newest.first_sequence,
                              "the file is empty and the records before it are missing"});
  }
  if (!tail.torn.empty()) KM_CHECK(SetAside(newest, tail, calls));
  KM_TRY(resumed.state.file, AppendFile::Continue(newest.path, tail.bytes, calls));
  resumed.state.head = *check.head();
  resumed.state.day = tail.day;
  return resumed;
}

}  // namespace kmaas::audit
