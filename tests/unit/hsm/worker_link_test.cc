// The server's end of a worker, with a thread in the worker's place that does what it likes.
#include "hsm/worker/link.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <functional>
#include <future>
#include <optional>
#include <thread>

namespace kmaas::hsm::worker {
namespace {

using std::chrono::milliseconds;

constexpr Layout kLayout{0, 2};
constexpr milliseconds kLong{60'000};

struct Ping final : Link::Message {
  void Ask(Writer& request) const override {
    request.Number(41);
    if (bytes > 0) request.Bytes(std::string(bytes, 'x').data(), bytes);
  }
  void Learn(Reader& reply) const override { answer = reply.Number(); }
  std::size_t bytes = 0;
  mutable std::optional<std::uint64_t> answer;
};

enum class WhenKilled { kDies, kWaitsForADevice };

// Ends as a process does: its end of the lifeline closes.
class Puppet {
 public:
  using Answer = std::function<void(Slot& slot)>;

  explicit Puppet(Answer answer, WhenKilled when_killed = WhenKilled::kDies,
                  const Patience& patience = {}) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    const int file = *Region::MakeFile(kLayout);
    region_.emplace(*Region::Map(file, kLayout));
    own_end_ = ends[1];
    const auto kill = [this, when_killed] {
      ++kills_;
      if (when_killed == WhenKilled::kDies) Die();
    };
    link_ = std::make_unique<Link>(*Region::Map(file, kLayout), kLayout, ends[0], kill, patience);
    ::close(file);
    thread_ = std::thread([this, answer = std::move(answer)] {
      Slot& slot = region_->slot(0);
      for (std::uint32_t last = 0; !ending_;) {
        FutexWait(slot.asked, last, milliseconds(10));
        if (slot.asked == last) continue;
        last = slot.asked;
        answer(slot);
        FutexWake(slot.answered);
      }
    });
  }
  ~Puppet() {
    Die();
    ending_ = true;
    thread_.join();
    link_.reset();
    ::close(own_end_);
  }
  void Die() { ::shutdown(own_end_, SHUT_RDWR); }
  Link& link() { return *link_; }
  void EndLink() { link_.reset(); }
  int kills() const { return kills_; }

 private:
  std::optional<Region> region_;
  int own_end_ = -1;
  std::atomic<int> kills_{0};
  std::atomic<bool> ending_{false};
  std::unique_ptr<Link> link_;
  std::thread thread_;
};

void Reply(Slot& slot, std::uint64_t number, std::size_t size = sizeof(std::uint64_t)) {
  std::memcpy(slot.message, &number, sizeof number);
  slot.size = static_cast<std::uint32_t>(size);
  slot.answered = slot.asked.load();
}

TEST(WorkerLink, BringsTheAnswer) {
  Puppet puppet([](Slot& slot) { Reply(slot, 42); });
  const Ping ping;
  EXPECT_EQ(puppet.link().Call(ping, false, kLong), Link::Outcome::kAnswered);
  EXPECT_EQ(ping.answer, 42U);
  EXPECT_EQ(puppet.link().calls(), 0U);
  EXPECT_EQ(puppet.link().end(), End::kRunning);
}

TEST(WorkerLink, LeavesNothingInTheSharedMemory) {
  const Slot* seen = nullptr;
  Puppet puppet([&](Slot& slot) {
    seen = &slot;
    Reply(slot, 42);
  });
  Ping ping;
  ping.bytes = 100;
  EXPECT_EQ(puppet.link().Call(ping, false, kLong), Link::Outcome::kAnswered);
  for (const std::uint8_t byte : seen->message) ASSERT_EQ(byte, 0);
}

TEST(WorkerLink, AnAnswerOfAnImpossibleSizeEndsTheWorker) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{16},
                                 kMessageBytesMax + 1, std::size_t{0xffffffff}}) {
    Puppet puppet([&](Slot& slot) { Reply(slot, 42, size); });
    const Ping ping;
    EXPECT_EQ(puppet.link().Call(ping, false, kLong), Link::Outcome::kGone) << size;
    EXPECT_EQ(puppet.link().end(), End::kGarbled);
    EXPECT_EQ(puppet.kills(), 1);
  }
}

TEST(WorkerLink, AnAnswerToAnotherCallIsNone) {
  Puppet puppet([](Slot& slot) { slot.answered = slot.asked + 1; });
  const Ping ping;
  EXPECT_EQ(puppet.link().Call(ping, false, milliseconds(50)), Link::Outcome::kGone);
  EXPECT_EQ(ping.answer, std::nullopt);
  EXPECT_EQ(puppet.link().end(), End::kHung);
}

TEST(WorkerLink, ACallThatTakesTooLongEndsTheWorker) {
  Puppet puppet([](Slot&) {});
  EXPECT_EQ(puppet.link().Call(Ping(), false, milliseconds(50)), Link::Outcome::kGone);
  EXPECT_EQ(puppet.link().end(), End::kHung);
  EXPECT_EQ(puppet.kills(), 1);
  EXPECT_EQ(puppet.link().Call(Ping(), false, kLong), Link::Outcome::kGone);
}

TEST(WorkerLink, TheDeathOfTheWorkerEndsItsCalls) {
  Puppet* dying = nullptr;
  Puppet puppet([&](Slot&) { dying->Die(); });
  dying = &puppet;
  EXPECT_EQ(puppet.link().Call(Ping(), false, kLong), Link::Outcome::kGone);
  EXPECT_EQ(puppet.link().end(), End::kCrashed);
  EXPECT_EQ(puppet.kills(), 1) << "its end is closed; that it has ended, nobody knows";
}

// One that was taken over closes its end, lives on, and hides that it is gone.
TEST(WorkerLink, AWorkerThatOnlySeemsGoneHoldsNobody) {
  Puppet* lying = nullptr;
  std::atomic<bool> ended{false};
  Puppet puppet([&](Slot& slot) {
    lying->Die();
    const std::uint32_t nothing = slot.asked - 1;
    while (!ended) slot.answered = nothing;
  });
  lying = &puppet;
  EXPECT_EQ(puppet.link().Call(Ping(), false, kLong), Link::Outcome::kGone);
  ended = true;
  EXPECT_EQ(puppet.kills(), 1);
}

// As a process does that the kernel cannot end, because it waits for a device.
constexpr Patience kShort{milliseconds(10), milliseconds(10)};

TEST(WorkerLink, LeavesAWorkerBehindThatDoesNotDie) {
  Puppet puppet([](Slot&) {}, WhenKilled::kWaitsForADevice, kShort);
  auto ended = std::async(std::launch::async, [&] { puppet.EndLink(); });
  EXPECT_EQ(ended.wait_for(milliseconds(30'000)), std::future_status::ready);
  EXPECT_EQ(puppet.kills(), 1);
  puppet.Die();
}

TEST(WorkerLink, EndsTheCallsOfAWorkerThatDoesNotDie) {
  Puppet puppet([](Slot&) {}, WhenKilled::kWaitsForADevice, kShort);
  EXPECT_EQ(puppet.link().Call(Ping(), false, milliseconds(50)), Link::Outcome::kGone);
  EXPECT_TRUE(puppet.link().IsGone());
  EXPECT_EQ(puppet.link().end(), End::kHung);
  EXPECT_EQ(puppet.kills(), 1);
}

TEST(WorkerLink, WhatDoesNotFitIsNotSent) {
  Puppet puppet([](Slot& slot) { Reply(slot, 42); });
  Ping ping;
  ping.bytes = kMessageBytesMax;
  EXPECT_EQ(puppet.link().Call(ping, false, kLong), Link::Outcome::kTooLarge);
  EXPECT_EQ(puppet.link().Call(Ping(), false, kLong), Link::Outcome::kAnswered);
}

}  // namespace
}  // namespace kmaas::hsm::worker
