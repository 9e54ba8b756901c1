#include "audit/verifier.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "audit/chain_check.h"
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

void DescribeSeals(const SealCheck& seals, const SealMatch& match, const Remark& end,
                   VerifyReport& report) {
  report.seals = seals.seals();
  report.remarks = seals.remarks();
  Append(report.findings, seals.findings());
  if (report.seals == 0 && report.records == 0) return;
  const std::uint64_t first = report.retired + 1;
  Append(report.findings, match.Findings(report.findings, std::max(first, report.first_sequence),
                                         std::max(report.retired, report.last_sequence), end));
  report.sealed = std::max(match.sealed(), report.retired);
  if (!seals.believed().empty()) report.sealed_time = seals.believed().back().seal.time;
  if (report.last_sequence > report.sealed) {
    report.remarks.push_back(
        {end.file, end.line,
         "no seal covers " + Numbers("record", report.sealed + 1, report.last_sequence)});
  }
}

}  // namespace

Result<VerifyReport> VerifyTrail(const std::string& directory, const VerifyOptions& options) {
  // Seals before records: those that a running server appends meanwhile cover what is read after.
  KM_TRY(const SealCheck seals, CheckSeals(directory, options));
  KM_TRY(const std::vector<TrailFile> files, ListTrailFiles(directory));
  const ChainHead beginning = Beginning(files, seals.believed());
  ChainCheck check(beginning);
  SealMatch match(seals.believed());
  Remark end;
  for (const TrailFile& file : files) {
    check.BeginFile(file, &file == &files.back());
    KM_CHECK(ReadLines(file.path, [&](const RawLine& line) {
      const std::optional<TrailLine> record = check.Add(line);
      if (!record) return;
      match.Add(*record, file.name, line.number);
      end = {file.name, line.number, ""};
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
  return report;
}

}  // namespace kmaas::audit
