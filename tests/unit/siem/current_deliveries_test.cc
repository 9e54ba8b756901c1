#include "siem/current_deliveries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <thread>

#include "audit/trail.h"
#include "tests/fakes/sample_record.h"
#include "tests/fakes/seeded_random.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::siem {
namespace {

class CurrentDeliveriesTest : public testing::Test {
 protected:
  CurrentDeliveriesTest() {
    audit::TrailOptions options;
    options.directory = trail_directory_.path();
    trail_ = audit::Trail::Open(options, clock_).value();
    Append(5);
  }
  void Append(int records) {
    for (int i = 0; i < records; ++i)
      EXPECT_TRUE(trail_->Append(fakes::SampleRecord("id-" + std::to_string(++appended_))));
  }
  Destination To(const std::string& name, const std::string& file) {
    Destination to;
    to.name = name;
    to.transport = TransportKind::kFile;
    to.file = directory_.File(file);
    to.heartbeat = std::chrono::seconds(0);
    return to;
  }
  static void WaitFor(const std::function<bool()>& condition) {
    while (!condition()) std::this_thread::yield();
  }
  std::size_t Lines(const std::string& file) {
    std::ifstream stream(directory_.File(file));
    return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(stream), {}, '\n'));
  }

  SystemClock clock_;
  fakes::SeededRandom random_;
  fakes::TemporaryDirectory trail_directory_;
  fakes::TemporaryDirectory directory_;
  std::unique_ptr<audit::Trail> trail_;
  int appended_ = 0;
  CurrentDeliveries deliveries_{trail_directory_.path(), directory_.path(), {}, clock_, random_};
};

TEST_F(CurrentDeliveriesTest, NeedNothingWithoutDestinations) {
  EXPECT_TRUE(deliveries_.counters().empty());
  EXPECT_EQ(deliveries_.LowestNeeded(), std::numeric_limits<std::uint64_t>::max());
}

TEST_F(CurrentDeliveriesTest, GoOnFromTheCursorAtAnotherPlace) {
  deliveries_.Replace({To("one", "before.jsonl")});
  WaitFor([&] { return deliveries_.LowestNeeded() == 6; });
  deliveries_.Replace({To("one", "after.jsonl")});
  Append(3);
  WaitFor([&] { return deliveries_.LowestNeeded() == 9; });
  EXPECT_EQ(Lines("before.jsonl"), 5U);
  EXPECT_EQ(Lines("after.jsonl"), 3U);
}

TEST_F(CurrentDeliveriesTest, AreNotTouchedByOthersThatAreOnlyPrepared) {
  deliveries_.Replace({To("one", "one.jsonl")});
  WaitFor([&] { return deliveries_.LowestNeeded() == 6; });
  {
    const auto prepared = deliveries_.Prepare({To("one", "other.jsonl"), To("two", "two.jsonl")});
    EXPECT_EQ(deliveries_.counters().size(), 1U);
  }
  Append(1);
  WaitFor([&] { return deliveries_.LowestNeeded() == 7; });
  EXPECT_EQ(Lines("one.jsonl"), 6U);
  EXPECT_EQ(Lines("two.jsonl"), 0U) << "nobody began";
  deliveries_.Take(deliveries_.Prepare({To("two", "two.jsonl")}));
  WaitFor([&] { return deliveries_.LowestNeeded() == 7; });
  EXPECT_EQ(Lines("two.jsonl"), 6U);
}

TEST_F(CurrentDeliveriesTest, LeaveAloneWhoIsAsHeWas) {
  deliveries_.Replace({To("one", "one.jsonl")});
  WaitFor([&] { return deliveries_.LowestNeeded() == 6; });
  deliveries_.Replace({To("one", "one.jsonl"), To("two", "two.jsonl")});
  WaitFor([&] { return deliveries_.LowestNeeded() == 6; });
  const auto counters = deliveries_.counters();
  ASSERT_EQ(counters.size(), 2U);
  EXPECT_EQ(counters[0].destination, "one");
  EXPECT_GE(counters[0].sent, 5U) << "it was begun anew";
}

TEST_F(CurrentDeliveriesTest, DoNotWaitForWhoIsGone) {
  deliveries_.Replace({To("dead", "absent/dead.jsonl"), To("one", "one.jsonl")});
  WaitFor([&] { return deliveries_.counters()[1].confirmed == 5; });
  EXPECT_EQ(deliveries_.LowestNeeded(), 1U);
  deliveries_.Replace({To("one", "one.jsonl")});
  WaitFor([&] { return deliveries_.LowestNeeded() == 6; });
  deliveries_.Stop();
  EXPECT_TRUE(deliveries_.counters().empty());
}

}  // namespace
}  // namespace kmaas::siem
