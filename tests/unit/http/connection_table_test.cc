// The table of connections: who is closed when, told by real sockets.
#include "frontends/http/connection_table.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "tests/fakes/manual_clock.h"

namespace kmaas::http {
namespace {

using std::chrono::seconds;

// A connection with its peer's end.
struct Pair {
  Pair() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    entry.descriptor = ends[0];
    peer = ends[1];
  }
  ~Pair() {
    ::close(entry.descriptor);
    ::close(peer);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  bool Readable() const {  // as its owner sees it: input, or an end
    pollfd wait{entry.descriptor, POLLIN, 0};
    return ::poll(&wait, 1, 0) == 1;
  }
  bool Writable() const { return ::send(entry.descriptor, "x", 1, MSG_NOSIGNAL) == 1; }

  ConnectionEntry entry;
  int peer = -1;
};

TEST(ConnectionTable, HasABound) {
  const fakes::ManualClock clock;
  ConnectionTable table(clock, 2);
  ConnectionEntry first;
  ConnectionEntry second;
  ConnectionEntry third;
  EXPECT_TRUE(table.Add(first));
  EXPECT_TRUE(table.Add(second));
  EXPECT_FALSE(table.Add(third));
  table.Remove(first);
  EXPECT_TRUE(table.Add(third));
  EXPECT_EQ(table.size(), 2U);
}

TEST(ConnectionTable, EndsAPhaseAfterItsSpanAndNotBefore) {
  for (const Phase phase :
       {Phase::kHandshake, Phase::kIdle, Phase::kReading, Phase::kWriting, Phase::kLingering}) {
    fakes::ManualClock clock;
    ConnectionTable table(clock, 2);
    Pair pair;
    ASSERT_TRUE(table.Add(pair.entry));
    table.Enter(pair.entry, phase, seconds(10));
    clock.Advance(seconds(10));
    table.Sweep();
    EXPECT_FALSE(pair.Readable());
    clock.Advance(std::chrono::milliseconds(1));
    table.Sweep();
    EXPECT_TRUE(pair.Readable());
    EXPECT_TRUE(pair.entry.expired.load());
    EXPECT_EQ(pair.Writable(), phase == Phase::kIdle || phase == Phase::kReading);
    table.Remove(pair.entry);
  }
}

TEST(ConnectionTable, LetsAHandlerTakeItsTime) {
  fakes::ManualClock clock;
  ConnectionTable table(clock, 2);
  Pair pair;
  ASSERT_TRUE(table.Add(pair.entry));
  table.EnterUnbounded(pair.entry, Phase::kHandling);
  clock.Advance(std::chrono::hours(24));
  table.Sweep();
  table.BeginDraining();
  EXPECT_FALSE(pair.Readable());
  table.Remove(pair.entry);
}

TEST(ConnectionTable, DrainsWhoRestsAndWaitsForTheOthers) {
  const fakes::ManualClock clock;
  ConnectionTable table(clock, 3);
  Pair idle;
  Pair reading;
  ASSERT_TRUE(table.Add(idle.entry));
  ASSERT_TRUE(table.Add(reading.entry));
  idle.entry.asked = true;
  table.Enter(idle.entry, Phase::kIdle, seconds(10));
  table.Enter(reading.entry, Phase::kReading, seconds(10));
  table.BeginDraining();
  EXPECT_TRUE(table.draining());
  EXPECT_TRUE(idle.Readable());
  EXPECT_TRUE(idle.Writable());
  EXPECT_FALSE(reading.Readable());
  table.Remove(idle.entry);
  EXPECT_FALSE(table.WaitUntilEmpty(std::chrono::milliseconds(0)));
  table.Remove(reading.entry);
  EXPECT_TRUE(table.WaitUntilEmpty(std::chrono::milliseconds(0)));
}

TEST(ConnectionTable, LeavesWhoHasJustConnectedASecondForHisFirstRequest) {
  fakes::ManualClock clock;
  ConnectionTable table(clock, 2);
  Pair connecting;
  Pair connected;
  ASSERT_TRUE(table.Add(connecting.entry));
  ASSERT_TRUE(table.Add(connected.entry));
  table.Enter(connecting.entry, Phase::kHandshake, seconds(10));
  table.Enter(connected.entry, Phase::kIdle, seconds(10));
  table.BeginDraining();
  clock.Advance(std::chrono::milliseconds(1000));
  table.Sweep();
  EXPECT_FALSE(connecting.Readable());
  EXPECT_FALSE(connected.Readable());
  clock.Advance(std::chrono::milliseconds(1));
  table.Sweep();
  EXPECT_TRUE(connecting.Readable());
  EXPECT_TRUE(connected.Readable());
  table.Remove(connecting.entry);
  table.Remove(connected.entry);
}

TEST(ConnectionTable, IsRidOfWhoWasThereWhenHeHasHadHisLastAnswer) {
  const fakes::ManualClock clock;
  ConnectionTable table(clock, 2);
  Pair before;
  Pair after;
  ASSERT_TRUE(table.Add(before.entry));
  table.Enter(before.entry, Phase::kIdle, seconds(10));
  EXPECT_FALSE(table.ends_after_request());
  table.SendAway();
  EXPECT_TRUE(table.ends_after_request());
  EXPECT_FALSE(table.draining());
  EXPECT_FALSE(before.Readable()) << "his next request may be on its way";
  ASSERT_TRUE(table.Add(after.entry));
  table.Enter(after.entry, Phase::kIdle, seconds(10));
  table.Enter(before.entry, Phase::kLingering, seconds(2));
  table.WaitUntilAway(std::chrono::hours(1));  // returns
  table.Remove(before.entry);
  table.WaitUntilAway(std::chrono::hours(1));
  table.Remove(after.entry);
}

TEST(ConnectionTable, HasABoundForEachNetwork) {
  const fakes::ManualClock clock;
  ConnectionTable table(clock, {10, 2});
  std::array<ConnectionEntry, 4> entries;
  for (int i = 0; i < 3; ++i) entries[static_cast<std::size_t>(i)].network = "192.0.2.1";
  entries[3].network = "192.0.2.2";
  EXPECT_TRUE(table.Add(entries[0]));
  EXPECT_TRUE(table.Add(entries[1]));
  EXPECT_FALSE(table.Add(entries[2]));
  EXPECT_TRUE(table.Add(entries[3]));
  EXPECT_EQ(table.counters().refused_per_address, 1U);
  table.Remove(entries[0]);
  EXPECT_TRUE(table.Add(entries[2]));
}

TEST(ConnectionTable, DisplacesWhoRestsWhenItIsFull) {
  fakes::ManualClock clock;
  ConnectionTable table(clock, 2);
  Pair served;
  Pair silent;
  served.entry.was_served = true;
  ASSERT_TRUE(table.Add(served.entry));
  table.Enter(served.entry, Phase::kIdle, seconds(60));
  ASSERT_TRUE(table.Add(silent.entry));
  table.Enter(silent.entry, Phase::kHandshake, seconds(60));
  Pair newcomer;
  EXPECT_FALSE(table.Add(newcomer.entry)) << "all have just come";
  clock.Advance(seconds(3));
  EXPECT_TRUE(table.Add(newcomer.entry));
  EXPECT_FALSE(silent.Writable()) << "has not asked for anything";
  EXPECT_TRUE(served.Writable());
  table.Remove(silent.entry);
  Pair second;
  EXPECT_TRUE(table.Add(second.entry));
  EXPECT_FALSE(served.Writable()) << "rests the longest";
  EXPECT_EQ(table.counters().displaced, 2U);
  EXPECT_EQ(table.counters().refused_full, 1U);
}

TEST(ConnectionTable, DisplacesManyInTheOrderOfTheirComing) {
  constexpr std::size_t kAll = 30;
  fakes::ManualClock clock;
  ConnectionTable table(clock, kAll);
  std::array<Pair, kAll> pairs;
  for (std::size_t i = 0; i < kAll; ++i) {
    ASSERT_TRUE(table.Add(pairs[i].entry));
    clock.Advance(seconds(1));
  }
  // Every third one has had an answer, later than all came; the first of them last.
  for (std::size_t i = kAll; i > 0; i -= 3) {
    pairs[i - 3].entry.was_served = true;
    table.Sweep();
    table.Enter(pairs[i - 3].entry, Phase::kIdle, seconds(600));
    clock.Advance(seconds(1));
  }
  clock.Advance(seconds(3));
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < kAll; ++i)
    if (i % 3 != 0) wanted.push_back(i);
  for (std::size_t i = kAll; i > 0; i -= 3) wanted.push_back(i - 3);
  std::array<ConnectionEntry, kAll> newcomers;
  for (std::size_t i = 0; i < kAll; ++i) {
    ASSERT_TRUE(pairs[wanted[i]].Writable());
    EXPECT_TRUE(table.Add(newcomers[i]));
    EXPECT_FALSE(pairs[wanted[i]].Writable()) << i;
    if (i % 2 == 0) table.Remove(pairs[wanted[i]].entry);
  }
  EXPECT_EQ(table.counters().displaced, kAll);
  for (std::size_t i = 1; i < kAll; i += 2) table.Remove(pairs[wanted[i]].entry);
  EXPECT_EQ(table.size(), kAll);
}

TEST(ConnectionTable, DoesNotDisplaceWhoIsAtWork) {
  fakes::ManualClock clock;
  ConnectionTable table(clock, 1);
  Pair working;
  working.entry.was_served = true;
  ASSERT_TRUE(table.Add(working.entry));
  table.EnterUnbounded(working.entry, Phase::kHandling);
  clock.Advance(seconds(100));
  ConnectionEntry newcomer;
  EXPECT_FALSE(table.Add(newcomer));
  EXPECT_TRUE(working.Writable());
}

// Who is always in the middle of a request keeps nobody out.
TEST(ConnectionTable, DisplacesWhoTakesHisTimeToAsk) {
  fakes::ManualClock clock;
  ConnectionTable table(clock, 1);
  Pair slow;
  slow.entry.was_served = true;
  ASSERT_TRUE(table.Add(slow.entry));
  table.Enter(slow.entry, Phase::kReading, seconds(10));
  clock.Advance(seconds(3));
  ConnectionEntry newcomer;
  EXPECT_TRUE(table.Add(newcomer));
  EXPECT_FALSE(slow.Writable());
}

TEST(ConnectionTable, EndsAFewOfManyAtATime) {
  constexpr std::size_t kAll = 20;
  fakes::ManualClock clock;
  ConnectionTable table(clock, kAll);
  std::array<Pair, kAll> pairs;
  for (Pair& pair : pairs) {
    ASSERT_TRUE(table.Add(pair.entry));
    table.Enter(pair.entry, Phase::kHandshake, seconds(10));
  }
  const auto open = [&] {
    return std::count_if(pairs.begin(), pairs.end(), [](Pair& pair) { return pair.Writable(); });
  };
  clock.Advance(seconds(11));
  EXPECT_TRUE(table.Sweep());
  EXPECT_EQ(open(), 12);
  EXPECT_TRUE(table.Sweep()) << "those that are ended already do not count, though still there";
  EXPECT_EQ(open(), 4);
  EXPECT_FALSE(table.Sweep());
  EXPECT_EQ(open(), 0);
  EXPECT_EQ(table.counters().too_slow[static_cast<std::size_t>(Phase::kHandshake)], kAll);
}

TEST(ConnectionTable, CountsByPhaseAndWhoWasTooSlow) {
  fakes::ManualClock clock;
  ConnectionTable table(clock, 4);
  Pair reading;
  Pair idle;
  ASSERT_TRUE(table.Add(reading.entry));
  ASSERT_TRUE(table.Add(idle.entry));
  table.Enter(reading.entry, Phase::kReading, seconds(10));
  table.Enter(idle.entry, Phase::kIdle, seconds(100));
  EXPECT_EQ(table.counters().open[static_cast<std::size_t>(Phase::kReading)], 1U);
  EXPECT_EQ(table.counters().open[static_cast<std::size_t>(Phase::kIdle)], 1U);
  clock.Advance(seconds(11));
  table.Sweep();
  table.Sweep();
  EXPECT_EQ(table.counters().too_slow[static_cast<std::size_t>(Phase::kReading)], 1U);
  EXPECT_EQ(table.counters().too_slow[static_cast<std::size_t>(Phase::kIdle)], 0U);
}

}  // namespace
}  // namespace kmaas::http
