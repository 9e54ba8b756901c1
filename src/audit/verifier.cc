#include "audit/verifier.h"

#include "audit/chain_check.h"

namespace kmaas::audit {

std::string_view FindingName(FindingKind kind) {
  switch (kind) {
    case FindingKind::kChanged:
      return "changed";
    case FindingKind::kGap:
      return "gap";
    case FindingKind::kReordered:
      return "reordered";
    case FindingKind::kFork:
      return "fork";
    case FindingKind::kCutOff:
      return "cut-off";
    case FindingKind::kMisnamed:
      return "misnamed";
    case FindingKind::kUnreadable:
      return "unreadable";
    case FindingKind::kTorn:
      return "torn";
  }
  return "unknown";
}

Result<VerifyReport> VerifyTrail(const std::string& directory) {
  KM_TRY(const std::vector<TrailFile> files, ListTrailFiles(directory));
  ChainCheck check(Genesis());
  for (const TrailFile& file : files) {
    check.BeginFile(file, &file == &files.back());
    KM_CHECK(ReadLines(file.path, [&check](const RawLine& line) { (void)check.Add(line); }));
  }
  VerifyReport report;
  report.files = files.size();
  report.records = check.records();
  report.first_sequence = check.first_sequence();
  if (check.records() > 0) report.last_sequence = check.head()->sequence;
  report.head = check.head()->hash;
  report.findings = check.findings();
  return report;
}

}  // namespace kmaas::audit
