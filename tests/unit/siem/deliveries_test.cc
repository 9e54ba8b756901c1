#include "siem/deliveries.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <thread>

#include "audit/trail.h"
#include "tests/fakes/sample_record.h"
#include "tests/fakes/seeded_random.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::siem {
namespace {

class DeliveriesTest : public testing::Test {
 protected:
  DeliveriesTest() {
    audit::TrailOptions trail;
    trail.directory = options_.trail_directory = trail_directory_.path();
    options_.cursor_directory = directory_.path();
    trail_ = audit::Trail::Open(trail, clock_).value();
    for (int i = 1; i <= 5; ++i)
      EXPECT_TRUE(trail_->Append(fakes::SampleRecord("id-" + std::to_string(i))));
  }
  void Add(const std::string& name, const std::string& file) {
    Destination to;
    to.name = name;
    to.transport = TransportKind::kFile;
    to.file = file;
    options_.destinations.push_back(to);
  }
  static void WaitFor(const std::function<bool()>& condition) {
    while (!condition()) std::this_thread::yield();
  }

  SystemClock clock_;
  fakes::SeededRandom random_;
  fakes::TemporaryDirectory trail_directory_;
  fakes::TemporaryDirectory directory_;
  DeliveriesOptions options_;
  std::unique_ptr<audit::Trail> trail_;
};

TEST_F(DeliveriesTest, BringEachDestinationUpToDateByItself) {
  Add("one", directory_.File("one.jsonl"));
  Add("two", directory_.File("two.jsonl"));
  Deliveries deliveries(options_, clock_, random_);
  WaitFor([&] { return deliveries.LowestNeeded() == 6; });
  deliveries.Stop();
  for (const DeliveryCounters& one : deliveries.counters()) EXPECT_EQ(one.confirmed, 5U);
}

TEST_F(DeliveriesTest, NeedWhatTheLastOfThemLacks) {
  Add("one", directory_.File("one.jsonl"));
  Add("dead", directory_.File("absent/dead.jsonl"));
  Deliveries deliveries(options_, clock_, random_);
  WaitFor([&] { return deliveries.counters()[0].confirmed == 5; });
  WaitFor([&] { return deliveries.counters()[1].failures > 0; });
  EXPECT_EQ(deliveries.LowestNeeded(), 1U);
}

TEST_F(DeliveriesTest, GoOnWhereTheyWereStopped) {
  Add("one", directory_.File("one.jsonl"));
  for (int run = 0; run < 2; ++run) {
    Deliveries deliveries(options_, clock_, random_);
    WaitFor([&] { return deliveries.counters()[0].confirmed == 5; });
  }
  std::ifstream stream(directory_.File("one.jsonl"));
  int lines = 0;
  for (std::string line; std::getline(stream, line);) ++lines;
  EXPECT_EQ(lines, 5);
}

}  // namespace
}  // namespace kmaas::siem
