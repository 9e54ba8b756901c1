#include "audit/sealer.h"

#include <filesystem>

#include "crypto/ecdsa.h"
#include "tests/unit/audit/sealed_directory.h"

namespace kmaas::audit {
namespace {

using testing::HasSubstr;

class SealerOfATrail : public testing::Test {
 protected:
  // kinds, and how many records each covers: "start 0, regular 3"
  std::string Kinds() const {
    std::string text;
    for (const SealLine& line : directory_.Seals()) {
      if (!text.empty()) text += ", ";
      text += std::string(SealKindName(line.seal.kind)) + " " + std::to_string(line.seal.count());
    }
    return text;
  }
  std::string Refusal() {
    const Result<void> started = directory_.TryStart();
    return started ? "started" : started.error().message;
  }
  SealedDirectory directory_;
  const std::string seals_ = SealFileName(1);
};

TEST_F(SealerOfATrail, SealsAtStartAfterTheIntervalAndAtTheEnd) {
  directory_.Start();
  directory_.Add(3);
  directory_.Seal();
  directory_.Seal();
  directory_.Add(1);
  directory_.Stop();
  EXPECT_EQ(Kinds(), "start 0, regular 3, regular 0, stop 1");
  EXPECT_TRUE(directory_.VerifySigned().intact());
  EXPECT_TRUE(directory_.VerifySigned().remarks.empty());
}

TEST_F(SealerOfATrail, SealsNothingBeforeItIsDue) {
  directory_.Start();
  directory_.Add(3);
  directory_.clock.Advance(directory_.sealing.interval - std::chrono::milliseconds(1));
  directory_.sealer->Tick();
  EXPECT_EQ(Kinds(), "start 0");
}

TEST_F(SealerOfATrail, SealsWhenManyRecordsWait) {
  directory_.sealing.records_max = 10;
  directory_.Start();
  for (int records = 0; records < 20; ++records) {
    directory_.Add(1);
    directory_.sealer->Tick();
  }
  EXPECT_EQ(Kinds(), "start 0, regular 5, regular 5, regular 5, regular 5");
}

TEST_F(SealerOfATrail, MakesSignaturesThatTheAuditKeyVerifies) {
  directory_.Start();
  directory_.Add(2);
  directory_.Stop();
  for (const SealLine& line : directory_.Seals()) {
    EXPECT_EQ(line.seal.key, SealKeyId(*directory_.engine.AuditPublicKey()));
    EXPECT_TRUE(crypto::VerifyP256(*directory_.engine.AuditPublicKey(), SealDigest(line.text),
                                   line.signature));
  }
}

TEST_F(SealerOfATrail, ContinuesTheSealsOfTheServerBefore) {
  directory_.Start();
  directory_.Add(2);
  directory_.Stop();
  directory_.Start();
  directory_.Add(2);
  directory_.Stop();
  EXPECT_EQ(Kinds(), "start 0, stop 2, start 0, stop 2");
  EXPECT_TRUE(directory_.VerifySigned().intact());
}

TEST_F(SealerOfATrail, CoversAtStartWhatACrashLeft) {
  directory_.Start();
  directory_.Add(2);
  directory_.Seal();
  directory_.Add(3);
  directory_.Crash();
  directory_.Start();
  EXPECT_EQ(Kinds(), "start 0, regular 2, start 3");
  EXPECT_EQ(directory_.sealer->counters().sealed_sequence, 5U);
  const VerifyReport report = directory_.VerifySigned();
  EXPECT_TRUE(report.intact());
  ASSERT_EQ(report.remarks.size(), 1U);
  EXPECT_THAT(report.remarks[0].what, HasSubstr("crash"));
}

TEST_F(SealerOfATrail, NamesTheEpochOfTheStore) {
  directory_.sealing.store_epoch = [] { return std::optional<std::uint64_t>(9); };
  directory_.Start();
  EXPECT_EQ(directory_.Seals().at(0).seal.store_epoch, 9U);
}

TEST_F(SealerOfATrail, BeginsAnotherFileWhenOneIsFull) {
  directory_.sealing.bytes_per_file_max = 1000;
  directory_.Start();
  for (int seals = 0; seals < 9; ++seals) directory_.Seal();
  EXPECT_GE(ListSealFiles(directory_.path())->size(), 4U);
  EXPECT_TRUE(directory_.VerifySigned().intact());
  directory_.Start();
  EXPECT_EQ(directory_.Seals().size(), 11U);
  EXPECT_TRUE(directory_.VerifySigned().intact());
}

TEST_F(SealerOfATrail, GoesOnWithoutTheTokenAndCoversAllWhenItIsBack) {
  directory_.Start();
  directory_.engine.SetAway(true);
  for (int minutes = 0; minutes < 3; ++minutes) {
    directory_.Add(4);
    directory_.Seal();
  }
  EXPECT_TRUE(directory_.sealer->counters().is_failing);
  EXPECT_EQ(directory_.sealer->counters().failures, 3U);
  directory_.engine.SetAway(false);
  directory_.Seal();
  EXPECT_FALSE(directory_.sealer->counters().is_failing);
  EXPECT_EQ(Kinds(), "start 0, regular 12");
  const VerifyReport report = directory_.VerifySigned();
  EXPECT_TRUE(report.intact());
  ASSERT_EQ(report.remarks.size(), 1U);
  EXPECT_THAT(report.remarks[0].what, HasSubstr("no seal between"));
}

TEST_F(SealerOfATrail, TriesAgainSoonAndNotAtOnceAfterAFailure) {
  directory_.Start();
  directory_.engine.SetAway(true);
  directory_.Seal();
  directory_.sealer->Tick();
  EXPECT_EQ(directory_.sealer->counters().failures, 1U);
  directory_.clock.Advance(std::chrono::seconds(1));
  directory_.sealer->Tick();
  EXPECT_EQ(directory_.sealer->counters().failures, 2U);
}

// Whatever system call fails, once or until further notice: no seal is lost that was said to stand,
// and none is forked.
TEST_F(SealerOfATrail, SurvivesEveryFailureOfTheDisk) {
  for (const Fault fault : {Fault::kOnce, Fault::kFromNow}) {
    bool has_failed = true;
    for (std::uint64_t call = 1; has_failed; ++call) {
      SealedDirectory directory;
      directory.sealing.bytes_per_file_max = 700;
      directory.Start();
      directory.faults.Arm(call, fault);
      for (int seals = 0; seals < 4; ++seals) {
        (void)directory.trail->Append(WriteRecord("id"));
        directory.Seal();
      }
      const std::uint64_t sealed = directory.sealer->counters().sealed_sequence;
      has_failed = directory.faults.has_failed();
      directory.faults.Heal();
      ASSERT_TRUE(directory.trail->Append(WriteRecord("id")));
      directory.Seal();
      EXPECT_GE(directory.sealer->counters().sealed_sequence, sealed);
      EXPECT_EQ(directory.sealer->counters().sealed_sequence, directory.trail->last_sequence());
      EXPECT_TRUE(directory.VerifySigned().intact()) << call;
      ASSERT_TRUE(directory.TryStart()) << call;
      EXPECT_EQ(directory.sealer->counters().failures, 0U);
    }
  }
}

TEST_F(SealerOfATrail, RefusesToStartWithATokenThatDoesNotSign) {
  directory_.engine.SetAway(true);
  EXPECT_NE(Refusal(), "started");
}

TEST_F(SealerOfATrail, RefusesATrailThatIsShorterThanItsSeals) {
  directory_.Start();
  directory_.Add(5);
  directory_.Stop();
  directory_.Edit(TrailFileName(1), [](auto& lines) { lines.pop_back(); });
  EXPECT_THAT(Refusal(), HasSubstr(seals_ + " line 2: record 5 were sealed and are missing"));
}

TEST_F(SealerOfATrail, RefusesATrailThatIsGone) {
  directory_.Start();
  directory_.Add(5);
  directory_.Stop();
  std::filesystem::remove(directory_.File(TrailFileName(1)));
  EXPECT_THAT(Refusal(), HasSubstr("records 1 to 5 were sealed"));
}

TEST_F(SealerOfATrail, RefusesRecordsWithoutAnySeal) {
  directory_.Start();
  directory_.Add(5);
  directory_.Stop();
  std::filesystem::remove(directory_.File(seals_));
  EXPECT_THAT(Refusal(), HasSubstr("there is no seal, and there are 5 records"));
}

std::string Forged(int records) {
  ChainHead head = Genesis();
  std::string content;
  for (; records > 0; --records) AppendRecord(content, head, R"({"eventName":"other"})");
  return content;
}

TEST_F(SealerOfATrail, RefusesAnotherHistoryOfTheSameLength) {
  directory_.Start();
  directory_.Add(5);
  directory_.Stop();
  directory_.Replace(TrailFileName(1), Forged(5));
  EXPECT_THAT(Refusal(), HasSubstr("record 5 is not the one that " + seals_ + " line 2 sealed"));
}

TEST_F(SealerOfATrail, RefusesAnotherHistoryThatIsLonger) {
  directory_.Start();
  directory_.Add(5);
  directory_.Stop();
  directory_.Replace(TrailFileName(1), Forged(9));
  EXPECT_THAT(Refusal(), HasSubstr(TrailFileName(1) + " line 5: rewritten: record 5 is not"));
}

TEST_F(SealerOfATrail, RefusesASealThatTheTokenDidNotSign) {
  directory_.Start();
  directory_.Add(5);
  directory_.Stop();
  directory_.Edit(seals_, [](auto& lines) {
    SealLine seal = ParseSealLine(lines[1]).value();
    seal.seal.last = 4;
    lines[1] = RenderSealLine(RenderSeal(seal.seal), seal.signature);
  });
  EXPECT_THAT(Refusal(), HasSubstr(seals_ + " line 2: bad-signature"));
}

TEST_F(SealerOfATrail, RefusesTheSealsOfAnotherToken) {
  directory_.Start();
  directory_.Add(5);
  directory_.Stop();
  directory_.Crash();
  fakes::FakeCryptoEngine other;
  directory_.trail = directory_.Open();
  const auto opened = Sealer::Open(directory_.sealing, *directory_.trail, other, directory_.clock);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr(seals_ + " line 1: unknown-key"));
}

TEST_F(SealerOfATrail, RemembersEachSeal) {
  directory_.Start();
  EXPECT_EQ(directory_.memory.mark->number, 1U);
  directory_.Add(5);
  directory_.Seal();
  EXPECT_EQ(directory_.memory.mark->number, 2U);
}

TEST_F(SealerOfATrail, RemembersLaterWhatCouldNotBeRemembered) {
  directory_.Start();
  directory_.memory.failures = 1;
  directory_.Seal();
  EXPECT_TRUE(directory_.sealer->counters().is_failing);
  EXPECT_EQ(directory_.memory.mark->number, 1U);
  directory_.clock.Advance(std::chrono::seconds(1));
  directory_.sealer->Tick();
  EXPECT_EQ(directory_.memory.mark->number, 2U);
  EXPECT_FALSE(directory_.sealer->counters().is_failing);
  EXPECT_EQ(Kinds(), "start 0, regular 0");
}

TEST_F(SealerOfATrail, RefusesATrailThatLostItsEndWithItsSeals) {
  directory_.Start();
  directory_.Add(2);
  directory_.Stop();
  const std::string older = directory_.Content(seals_);
  const std::string record = TrailFileName(1);
  const std::string older_records = directory_.Content(record);
  directory_.Start();
  directory_.Add(2);
  directory_.Stop();
  directory_.Replace(seals_, older);
  directory_.Replace(record, older_records);
  EXPECT_THAT(Refusal(), HasSubstr("seals 3 to 4 are missing at the end"));
  directory_.memory.mark.reset();  // as before there was one
  EXPECT_EQ(Refusal(), "started");
}

TEST_F(SealerOfATrail, RefusesAnotherSealOfTheNumberThatIsRemembered) {
  directory_.Start();
  directory_.Stop();
  directory_.memory.mark->hash[0] ^= 1;
  EXPECT_THAT(Refusal(), HasSubstr("seal 2 is another than the one"));
}

TEST_F(SealerOfATrail, SaysHowManySealsAreLostOfATrailThatIsGone) {
  directory_.Start();
  EXPECT_EQ(directory_.sealer->lost(), 0U);
  directory_.Add(2);
  directory_.Stop();
  directory_.Empty();
  directory_.Start();
  EXPECT_EQ(directory_.sealer->lost(), 2U);
  ASSERT_TRUE(directory_.sealer->RememberInSpite());
  EXPECT_EQ(directory_.memory.mark->number, 1U);
}

TEST_F(SealerOfATrail, RemembersLostSealsUntilTheTrailTellsOfThem) {
  directory_.Start();
  directory_.Add(2);
  directory_.Stop();
  directory_.Empty();
  directory_.Start();
  directory_.Add(1);
  directory_.Seal();
  EXPECT_EQ(directory_.memory.mark->number, 2U);
  directory_.Add(1);
  directory_.Seal();
  directory_.Crash();
  EXPECT_THAT(Refusal(), HasSubstr("seal 2 is another than the one"));
}

TEST_F(SealerOfATrail, CutsOffASealThatACrashTore) {
  directory_.Start();
  directory_.Add(5);
  directory_.Seal();
  directory_.Crash();
  directory_.Replace(seals_, directory_.Content(seals_) + R"({"seal":{"version":1,"numb)");
  directory_.Start();
  EXPECT_EQ(Kinds(), "start 0, regular 5, start 0");
  EXPECT_TRUE(directory_.VerifySigned().intact());
}

TEST_F(SealerOfATrail, RetiresOnlyWhatIsSealed) {
  directory_.Start();
  directory_.Add(5);
  EXPECT_FALSE(directory_.sealer->Retire(1, directory_.trail->head()));
  directory_.Seal();
  EXPECT_TRUE(directory_.sealer->Retire(1, directory_.trail->head()));
  EXPECT_EQ(Kinds(), "start 0, regular 5, retired 5");
}

}  // namespace
}  // namespace kmaas::audit
