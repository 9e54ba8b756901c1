// What the verifier finds by the seals, beyond what the chain tells.
#include <filesystem>

#include "tests/unit/audit/sealed_directory.h"

namespace kmaas::audit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Lines = std::vector<std::string>;

// Seals: 1 start; 2, 3, 4 over three records each; 5 stop.
class VerifierOfSeals : public testing::Test {
 protected:
  VerifierOfSeals() {
    directory_.Start();
    for (int seal = 0; seal < 3; ++seal) {
      directory_.Add(3);
      directory_.Seal();
    }
    directory_.Stop();
  }
  // The records from `line` on as their writer could have written them, one other among them.
  void Rewrite(std::size_t line) {
    directory_.Edit(records_, [line](Lines& lines) {
      const TrailLine first = ParseLine(lines[line]).value();
      ChainHead head{first.sequence - 1, first.previous};
      std::string out;
      for (std::size_t at = line; at < lines.size(); ++at) {
        const std::string event(ParseLine(lines[at])->event);
        AppendRecord(out, head, at == line ? R"({"eventName":"other"})" : event);
      }
      lines.resize(line);
      for (const std::string& other : SplitLines(out)) lines.push_back(other);
    });
  }
  SealedDirectory directory_;
  const std::string records_ = TrailFileName(1);
  const std::string seals_ = SealFileName(1);
};

ports::AuditRecord RecordOf(WallTime time) {
  ports::AuditRecord record = WriteRecord("id");
  record.time = time;
  return record;
}

TEST_F(VerifierOfSeals, FindsNothingWrongWithAWholeTrail) {
  const VerifyReport report = directory_.VerifySigned();
  EXPECT_TRUE(report.intact());
  EXPECT_TRUE(report.signatures_checked);
  EXPECT_EQ(report.seals, 5U);
  EXPECT_EQ(report.sealed, 9U);
  EXPECT_EQ(report.sealed_time, "2026-11-24T12:15:00Z");
  EXPECT_THAT(report.remarks, IsEmpty());
}

TEST_F(VerifierOfSeals, SaysThatSignaturesWereNotCheckedWithoutAKey) {
  const VerifyReport report = directory_.Verify();
  EXPECT_TRUE(report.intact());
  EXPECT_FALSE(report.signatures_checked);
}

TEST_F(VerifierOfSeals, NamesTheFirstRecordThatMayHaveBeenRewritten) {
  Rewrite(4);
  EXPECT_THAT(directory_.Findings(), ElementsAre("rewritten audit:4 4"));
}

TEST_F(VerifierOfSeals, FindsOneRewritingOnceWhateverSealsFollow) {
  Rewrite(0);
  EXPECT_THAT(directory_.Findings(), ElementsAre("rewritten audit:1 1"));
}

TEST_F(VerifierOfSeals, FindsMissingRecordsAtTheEnd) {
  directory_.Edit(records_, [](Lines& lines) { lines.resize(7); });
  EXPECT_THAT(directory_.Findings(), ElementsAre("cut-off audit:7 7"));
}

TEST_F(VerifierOfSeals, FindsATrailThatIsGone) {
  std::filesystem::remove(directory_.File(records_));
  EXPECT_THAT(directory_.VerifySigned().findings, testing::SizeIs(1));
}

TEST_F(VerifierOfSeals, FindsAMissingSeal) {
  directory_.Edit(seals_, [](Lines& lines) { lines.erase(lines.begin() + 2); });
  EXPECT_THAT(directory_.Findings(), ElementsAre("gap seals:3 4"));
}

TEST_F(VerifierOfSeals, FindsAMissingFirstSeal) {
  directory_.Edit(seals_, [](Lines& lines) { lines.erase(lines.begin()); });
  EXPECT_THAT(directory_.Findings(), testing::Contains("gap seals:1 2"));
}

TEST_F(VerifierOfSeals, FindsReorderedSeals) {
  directory_.Edit(seals_, [](Lines& lines) { std::swap(lines[1], lines[2]); });
  EXPECT_THAT(directory_.Findings(), testing::Contains("reordered seals:3 2"));
}

TEST_F(VerifierOfSeals, FindsASealThatStandsTwice) {
  directory_.Edit(seals_, [](Lines& lines) { lines.insert(lines.begin() + 2, lines[1]); });
  EXPECT_THAT(directory_.Findings(), ElementsAre("fork seals:3 2"));
}

TEST_F(VerifierOfSeals, FindsASealThatWasMadeToFit) {
  Rewrite(4);
  directory_.Edit(seals_, [this](Lines& lines) {
    const auto records = SplitLines(directory_.Content(records_));
    SealLine seal = ParseSealLine(lines[2]).value();
    seal.seal.head = ParseLine(records[5])->hash;
    lines[2] = RenderSealLine(RenderSeal(seal.seal), seal.signature);
  });
  EXPECT_THAT(directory_.Findings(), ElementsAre("bad-signature seals:3 3", "rewritten audit:4 4"));
}

TEST_F(VerifierOfSeals, FindsASealOfAnotherKey) {
  const auto report = VerifyTrail(directory_.path(), {{Bytes(91, 1)}});
  EXPECT_EQ(report->findings.size(), 5U);
  EXPECT_EQ(report->findings[0].kind, FindingKind::kUnknownKey);
}

TEST_F(VerifierOfSeals, TakesTheKeysOfSeveralTokens) {
  EXPECT_TRUE(VerifyTrail(directory_.path(), {{Bytes(91, 1), *directory_.engine.AuditPublicKey()}})
                  ->intact());
}

TEST_F(VerifierOfSeals, FindsWhatIsNoSeal) {
  directory_.Edit(seals_, [](Lines& lines) { lines.insert(lines.begin() + 1, "rubbish"); });
  EXPECT_THAT(directory_.Findings(), ElementsAre("unreadable seals:2 0"));
}

TEST_F(VerifierOfSeals, FindsAMisnamedFileOfSeals) {
  std::filesystem::rename(directory_.File(seals_), directory_.File(SealFileName(2)));
  EXPECT_THAT(directory_.Findings(), ElementsAre("misnamed seals:1 1"));
}

TEST_F(VerifierOfSeals, RemarksThatTheNewestRecordsAreNotSealedYet) {
  directory_.Start();
  directory_.Add(2);
  directory_.Crash();
  const VerifyReport report = directory_.VerifySigned();
  EXPECT_TRUE(report.intact());
  ASSERT_EQ(report.remarks.size(), 1U);
  EXPECT_EQ(report.remarks[0].what, "no seal covers records 10 to 11");
}

TEST_F(VerifierOfSeals, FindsThatTheNewestSealsAreGone) {
  directory_.Start();
  for (int seals = 0; seals < 4; ++seals) {
    directory_.clock.Advance(directory_.sealing.interval);
    directory_.sealer->Tick();
    ASSERT_TRUE(directory_.trail->Append(RecordOf(directory_.clock.Now())));
  }
  directory_.Stop();
  EXPECT_THAT(directory_.Findings(), IsEmpty());
  directory_.Edit(seals_, [](Lines& lines) { lines.resize(7); });
  EXPECT_THAT(directory_.Findings(), ElementsAre("cut-off seals:7 7"));
}

TEST_F(VerifierOfSeals, FindsRecordsBehindTheLastSealOfAServer) {
  directory_.Start();
  directory_.Add(2);
  directory_.Stop();
  directory_.Edit(seals_, [](Lines& lines) { lines.resize(5); });
  EXPECT_THAT(directory_.Findings(), ElementsAre("cut-off seals:5 5"));
}

TEST_F(VerifierOfSeals, FindsEveryByteOfASealThatIsChanged) {
  const std::string content = directory_.Content(seals_);
  for (std::size_t at = 0; at + 1 < content.size(); at += 3) {
    std::string changed = content;
    changed[at] = static_cast<char>(changed[at] ^ (1U << (at % 8)));
    directory_.Replace(seals_, changed);
    EXPECT_FALSE(directory_.VerifySigned().intact()) << at;
  }
}

TEST_F(VerifierOfSeals, BeginsBehindRecordsThatASealSaysAreGone) {
  directory_.Start();
  directory_.clock.Advance(std::chrono::hours(24));
  directory_.Add(3);
  directory_.Seal();
  const ChainHead last{9, ParseLine(SplitLines(directory_.Content(records_))[8])->hash};
  ASSERT_TRUE(directory_.sealer->Retire(1, last));
  EXPECT_TRUE(directory_.VerifySigned().intact());  // a crash before they were removed
  std::filesystem::remove(directory_.File(records_));
  const VerifyReport report = directory_.VerifySigned();
  EXPECT_TRUE(report.intact()) << report.findings[0].what;
  EXPECT_EQ(report.retired, 9U);
  EXPECT_EQ(report.records, 3U);
  directory_.Start();
}

TEST_F(VerifierOfSeals, FindsRecordsThatAreGoneWithoutASealThatSaysSo) {
  directory_.Start();
  directory_.clock.Advance(std::chrono::hours(24));
  directory_.Add(3);
  directory_.Stop();
  std::filesystem::remove(directory_.File(records_));
  const auto findings = directory_.VerifySigned().findings;
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings[0].kind, FindingKind::kCutOff);
  EXPECT_THAT(findings[0].what, HasSubstr("records 1 to 9 missing"));
}

}  // namespace
}  // namespace kmaas::audit
