// Edits of a sealed trail, all of which must be found and placed; and clean trails, of which
// nothing may be said. KMAAS_AUDIT_EDITS, KMAAS_AUDIT_CLEAN_RECORDS and KMAAS_AUDIT_SEED change
// what is done; tests/campaigns/audit_edits does much.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "audit/sealer.h"
#include "tests/component/audit_edits/edits.h"
#include "tests/fakes/fake_crypto_engine.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/sample_record.h"

namespace kmaas::audit {
namespace {

constexpr int kRecords = 100;

std::uint64_t Parameter(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// A verifier with a fault that the campaign must catch.
enum class Plant { kNone, kIgnoresSeals, kIgnoresSignatures, kIgnoresGaps, kMisplaces };

bool IsOverlooked(Plant plant, const Finding& finding) {
  switch (plant) {
    case Plant::kIgnoresSeals:
      return finding.file.starts_with("seals") || finding.kind == FindingKind::kRewritten;
    case Plant::kIgnoresSignatures:
      return finding.kind == FindingKind::kBadSignature;
    case Plant::kIgnoresGaps:
      return finding.kind == FindingKind::kGap || finding.kind == FindingKind::kCutOff;
    case Plant::kNone:
    case Plant::kMisplaces:
      return false;
  }
  return false;
}

VerifyReport Spoilt(VerifyReport report, Plant plant) {
  std::erase_if(report.findings,
                [plant](const Finding& finding) { return IsOverlooked(plant, finding); });
  if (plant == Plant::kMisplaces)
    for (Finding& finding : report.findings) finding.line += 2;
  if (plant == Plant::kIgnoresSeals) report.remarks.clear();
  return report;
}

bool IsAt(const std::string& file, std::uint64_t line, const Edit& edit) {
  for (const Spot& place : edit.places) {
    const std::uint64_t expected = place.line + 1;
    if (file == place.file && line >= expected && line <= expected + 1) return true;
  }
  return false;
}

struct Tally {
  std::uint64_t edits = 0;
  std::uint64_t without_effect = 0;
  std::uint64_t missed = 0;
  std::uint64_t misplaced = 0;
  std::uint64_t remarked = 0;  // named as not sealed, within one interval
  std::string first_fault;
};

void Judge(const Edit& edit, const VerifyReport& report, std::string_view editor, Tally& tally) {
  bool is_placed = false;
  for (const Finding& finding : report.findings)
    is_placed = is_placed || IsAt(finding.file, finding.line, edit);
  if (is_placed) return;
  if (edit.remark_suffices && report.intact() && !report.remarks.empty()) {
    ++tally.remarked;
    return;
  }
  ++(report.intact() ? tally.missed : tally.misplaced);
  if (!tally.first_fault.empty()) return;
  tally.first_fault = std::string(editor) + ": " + edit.what + ": ";
  for (const Finding& finding : report.findings) {
    tally.first_fault += std::string(FindingName(finding.kind)) + " " + finding.file + ":" +
                         std::to_string(finding.line) + "; ";
  }
}

Tally Campaign(std::uint64_t edits, std::uint64_t seed, Plant plant) {
  SealedWorld world(kRecords);
  Chance chance(seed);
  Tally tally;
  for (; tally.edits < edits; ++tally.edits) {
    const NamedEditor& editor = AllEditors()[tally.edits % AllEditors().size()];
    const Edit edit = editor.make(world, chance);
    if (edit.files == world.files()) {
      ++tally.without_effect;
      continue;
    }
    Judge(edit, Spoilt(world.Verify(edit.files), plant), editor.name, tally);
  }
  EXPECT_TRUE(world.Verify(world.files()).intact());
  return tally;
}

TEST(AuditEdits, AreAllFoundAndPlaced) {
  const std::uint64_t seed = Parameter("KMAAS_AUDIT_SEED", 5);
  const Tally tally = Campaign(Parameter("KMAAS_AUDIT_EDITS", 650), seed, Plant::kNone);
  std::cout << "seed " << seed << ": " << tally.edits << " edits, " << tally.missed << " missed, "
            << tally.misplaced << " misplaced, " << tally.remarked << " named as not sealed yet, "
            << tally.without_effect << " without effect\n";
  EXPECT_EQ(tally.missed, 0U) << tally.first_fault;
  EXPECT_EQ(tally.misplaced, 0U) << tally.first_fault;
}

TEST(AuditEdits, WouldShowAVerifierWithAFault) {
  for (const Plant plant :
       {Plant::kIgnoresSeals, Plant::kIgnoresSignatures, Plant::kIgnoresGaps, Plant::kMisplaces}) {
    const Tally tally = Campaign(130, 7, plant);
    EXPECT_GT(tally.missed + tally.misplaced, 0U) << static_cast<int>(plant);
  }
}

TEST(AuditEdits, AreNotSeenWhereThereAreNone) {
  const std::uint64_t records = Parameter("KMAAS_AUDIT_CLEAN_RECORDS", 20'000);
  const fakes::TemporaryDirectory directory;
  fakes::ManualClock clock;
  fakes::FakeCryptoEngine engine;
  const TrailOptions options{directory.path(), std::uint64_t{8} << 20U,
                             std::chrono::milliseconds(0)};
  auto trail = Trail::Open(options, clock);
  ASSERT_TRUE(trail);
  auto sealer = Sealer::Open({directory.path()}, **trail, engine, clock);
  ASSERT_TRUE(sealer);
  ports::AuditRecord record = fakes::SampleRecord("0b7f1c9e-5d3a-4f7b-8a55-6f0f3e0c1d22");
  for (std::uint64_t number = 0; number < records; ++number) {
    record.time = clock.Now();
    ASSERT_TRUE((*trail)->Append(record));
    clock.Advance(std::chrono::milliseconds(100));
    if (number % 100 == 0) (*sealer)->Tick();
  }
  (*sealer)->Stop();
  const auto begun = std::chrono::steady_clock::now();
  const auto report = VerifyTrail(directory.path(), {{*engine.AuditPublicKey()}});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  ASSERT_TRUE(report);
  std::cout << report->records << " clean records, " << report->seals << " seals, "
            << report->findings.size() << " false alarms, " << took.count() << " s\n";
  EXPECT_EQ(report->records, records);
  EXPECT_EQ(report->sealed, records);
  EXPECT_TRUE(report->findings.empty());
  EXPECT_TRUE(report->remarks.empty());
}

}  // namespace
}  // namespace kmaas::audit
