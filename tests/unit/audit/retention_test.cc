#include "audit/retention.h"

#include <limits>

#include "audit/render.h"
#include "tests/unit/audit/sealed_directory.h"

namespace kmaas::audit {
namespace {

using std::chrono::days;

class Guard final : public ports::RetentionGuard {
 public:
  std::uint64_t LowestNeeded() const override { return lowest; }
  std::uint64_t lowest = std::numeric_limits<std::uint64_t>::max();
};

// Ten days, a file each: a decryption, and on every third day a change.
class RetentionOfATrail : public testing::Test {
 protected:
  RetentionOfATrail() {
    directory_.Start();
    for (int day = 0; day < 10; ++day) {
      AddRecord("Decrypt", true);
      if (day % 3 == 2) AddRecord("DisableKey", false);
      directory_.clock.Advance(days(1));
      directory_.sealer->Tick();
    }
  }
  void AddRecord(const std::string& name, bool read_only) {
    ports::AuditRecord record = fakes::SampleRecord("id-" + std::to_string(++added_));
    record.event_name = name;
    record.read_only = read_only;
    record.time = directory_.clock.Now();
    if (!directory_.trail->Append(record)) throw std::runtime_error("append");
  }
  // How many files went, or -1.
  int Apply(const RetentionDays& retention) {
    Retention one(directory_.path(), retention, *directory_.sealer, &guard_, directory_.clock,
                  may_destroy_);
    const auto gone = one.Apply();
    return gone ? static_cast<int>(*gone) : -1;
  }
  SealedDirectory directory_;
  Guard guard_;
  Retention::MayDestroy may_destroy_;
  int added_ = 0;
};

TEST_F(RetentionOfATrail, KeepsAllForEverUnlessItIsToldOtherwise) {
  EXPECT_EQ(Apply({}), 0);
  directory_.clock.Advance(days(10'000));
  EXPECT_EQ(Apply({}), 0);
}

TEST_F(RetentionOfATrail, RemovesFilesInWhichAllIsOldEnough) {
  EXPECT_EQ(Apply({days(5), days(5), days(5)}), 5);
  const VerifyReport report = directory_.VerifySigned();
  EXPECT_TRUE(report.intact()) << report.findings[0].what;
  EXPECT_EQ(report.retired, 6U);
  EXPECT_EQ(Apply({days(5), days(5), days(5)}), 0);
  directory_.Start();
  EXPECT_TRUE(directory_.VerifySigned().intact());
}

TEST_F(RetentionOfATrail, StopsAtTheFirstFileThatHasToStay) {
  EXPECT_EQ(Apply({days(0), days(5), days(5)}), 2);
}

TEST_F(RetentionOfATrail, NeverRemovesTheNewestFile) {
  directory_.clock.Advance(days(100));
  directory_.sealer->Tick();
  EXPECT_EQ(Apply({days(5), days(5), days(5)}), 9);
  EXPECT_TRUE(directory_.VerifySigned().intact());
}

// The clock says that ten thousand days have passed, and nobody believes it.
TEST_F(RetentionOfATrail, RemovesNothingWhileTheClockIsNotBelieved) {
  bool is_believed = false;
  may_destroy_ = [&is_believed] { return is_believed; };
  directory_.clock.Advance(days(10'000));
  EXPECT_EQ(Apply({days(5), days(5), days(5)}), 0);
  is_believed = true;
  EXPECT_EQ(Apply({days(5), days(5), days(5)}), 9);
}

// It is asked anew for each file.
TEST_F(RetentionOfATrail, StopsWhenTheClockIsNotBelievedAnyMore) {
  int believed = 2;
  may_destroy_ = [&believed] { return believed-- > 0; };
  EXPECT_EQ(Apply({days(5), days(5), days(5)}), 2);
  EXPECT_TRUE(directory_.VerifySigned().intact());
}

TEST_F(RetentionOfATrail, RemovesNothingThatSomebodyNeeds) {
  guard_.lowest = 2;
  EXPECT_EQ(Apply({days(5), days(5), days(5)}), 1);
}

TEST_F(RetentionOfATrail, RemovesNothingWhileTheTokenIsAway) {
  directory_.engine.SetAway(true);
  EXPECT_EQ(Apply({days(5), days(5), days(5)}), -1);
  EXPECT_EQ(directory_.Files().size(), 10U);
}

TEST_F(RetentionOfATrail, RemovesNoFileThatIsNotAsItWasWritten) {
  directory_.Edit(TrailFileName(2),
                  [](auto& lines) { lines[0].replace(lines[0].find("alice"), 5, "bobby"); });
  EXPECT_EQ(Apply({days(5), days(5), days(5)}), -1);
  EXPECT_EQ(directory_.Files().size(), 9U);
}

TEST(RetentionClasses, AreReadFromTheRecord) {
  const RetentionDays retention{days(1), days(2), days(3)};
  ports::AuditRecord record = fakes::SampleRecord("id");
  EXPECT_EQ(DaysOf(Render(record), retention), days(2));
  record.event_name = "DisableKey";
  EXPECT_EQ(DaysOf(Render(record), retention), days(1));
  record.service_event = true;
  EXPECT_EQ(DaysOf(Render(record), retention), days(3));
}

}  // namespace
}  // namespace kmaas::audit
