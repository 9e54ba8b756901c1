#include "audit/verifier.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "audit/chain_check.h"
#include "audit/event_fields.h"
#include "audit/render.h"
#include "audit/seal_check.h"
#include "audit/seal_match.h"

namespace kmaas::audit {
namespace {

Result<SealCheck> CheckSeals(const std::string& directory, const VerifyOptions& options) {
  KM_TRY(const std::vector<TrailFile> files, ListSealFiles(directory));
  SealCheck check(options.public_keys);
  for (const TrailFile& file : files) {
    check.BeginFile(file, &file == &files.back());
    KM_CHECK(ReadLines(file.path, [&check](const RawLine& line) { check.Add(line); }));
  }
  return check;
}

// Behind what was removed, if a seal says that just this was.
ChainHead Beginning(const std::vector<TrailFile>& files, const std::vector<PlacedSeal>& seals) {
  if (files.empty() || files.front().first_sequence == 1) return Genesis();
  for (const PlacedSeal& one : seals) {
    if (one.seal.kind == SealKind::kRetired && one.seal.last + 1 == files.front().first_sequence)
      return {one.seal.last, one.seal.head};
  }
  return Genesis();
}

void Append(std::vector<Finding>& all, const std::vector<Finding>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

// The last record of a trail, and when it was.
struct End {
  Remark place;
  std::string time;
};

// A trail that was begun anew says in its first record why. Callers' texts cannot look like it: the
// first source in an event is the event's own.
std::optional<std::string> BegunAnew(const TrailLine& record) {
  constexpr std::string_view kSource = R"("eventSource":")";
  constexpr std::string_view kOwn = R"(kmaas.internal")";
  if (record.sequence != 1) return std::nullopt;
  const std::size_t source = record.event.find(kSource);
  if (source == std::string_view::npos ||
      !record.event.substr(source + kSource.size()).starts_with(kOwn))
    return std::nullopt;
  const std::string_view name = ReadFields(record.event).name;
  if (name != "RestoreBackup" && name != "LoseAuditTrail" && name != "AcceptRollback")
    return std::nullopt;
  return "the trail begins with " + std::string(name) + ": there was another one before it";
}

// Records that no seal covers: the newest ones, or such whose seals are gone.
void DescribeUnsealed(const SealCheck& seals, const End& end, VerifyReport& report) {
  if (report.last_sequence <= report.sealed) return;
  const std::string what =
      "no seal covers " + Numbers("record", report.sealed + 1, report.last_sequence);
  report.remarks.push_back({end.place.file, end.place.line, what});
  if (seals.believed().empty()) return;
  const PlacedSeal& newest = seals.believed().back();
  // Nothing is appended between the last seal of one server and the first one of the next.
  const bool has_stopped =
      newest.seal.kind == SealKind::kStop && newest.seal.last < report.last_sequence;
  if (!has_stopped && !IsOverdue(newest.seal, end.time)) return;
  report.findings.push_back({FindingKind::kCutOff, newest.file, newest.line, newest.seal.number,
                             "seals are missing behind this one, of " + newest.seal.time + ": " +
                                 what + ", the last of " + end.time});
}

void DescribeSeals(const SealCheck& seals, const SealMatch& match, const End& end,
                   VerifyReport& report) {
  report.seals = seals.seals();
  report.remarks = seals.remarks();
  Append(report.findings, seals.findings());
  if (report.seals == 0 && report.records == 0) return;
  Append(report.findings,
         match.Findings(report.findings, std::max(report.retired + 1, report.first_sequence),
                        std::max(report.retired, report.last_sequence), end.place));
  report.sealed = std::max(match.sealed(), report.retired);
  if (!seals.believed().empty()) report.sealed_time = seals.believed().back().seal.time;
  DescribeUnsealed(seals, end, report);
}

}  // namespace

Result<VerifyReport> VerifyTrail(const std::string& directory, const VerifyOptions& options) {
  // Seals before records: those that a running server appends meanwhile cover what is read after.
  KM_TRY(const SealCheck seals, CheckSeals(directory, options));
  KM_TRY(const std::vector<TrailFile> files, ListTrailFiles(directory));
  const ChainHead beginning = Beginning(files, seals.believed());
  const std::uint64_t covered = seals.believed().empty() ? 0 : seals.believed().back().seal.last;
  ChainCheck check(beginning);
  SealMatch match(seals.believed());
  End end;
  std::optional<Remark> anew;
  for (const TrailFile& file : files) {
    check.BeginFile(file, &file == &files.back());
    end.place.file = file.name;
    KM_CHECK(ReadLines(file.path, [&](const RawLine& line) {
      const std::optional<TrailLine> record = check.Add(line);
      if (!record) return;
      if (auto what = BegunAnew(*record)) anew = Remark{file.name, line.number, *std::move(what)};
      match.Add(*record, file.name, line.number);
      end.place.line = line.number;
      if (record->sequence > covered) end.time = EventTime(record->event);
    }));
  }
  VerifyReport report;
  report.files = files.size();
  report.records = check.records();
  report.first_sequence = check.first_sequence();
  report.retired = beginning.sequence;
  if (check.records() > 0) report.last_sequence = check.head()->sequence;
  report.head = check.head()->hash;
  report.signatures_checked = !options.public_keys.empty();
  report.findings = check.findings();
  DescribeSeals(seals, match, end, report);
  if (anew) report.remarks.insert(report.remarks.begin(), *std::move(anew));
  return report;
}

}  // namespace kmaas::audit
