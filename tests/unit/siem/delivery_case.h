// A trail on disk, one delivery of it, and a receiver whose n-th call fails.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "audit/trail.h"
#include "siem/delivery.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/sample_record.h"
#include "tests/fakes/seeded_random.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::siem {

// What a receiver has, over a transport whose n-th call fails.
struct Receiver {
  std::vector<std::uint64_t> taken;
  std::vector<Message> messages;
  int calls = 0;
  int failing_call = 0;
  bool confirms = true;
  bool Fails() { return ++calls == failing_call; }
};

class FakeTransport final : public Transport {
 public:
  explicit FakeTransport(Receiver& receiver) : receiver_(receiver) {}
  Result<void> Connect() override {
    sent_ = 0;
    return Answer();
  }
  Result<void> Send(const std::vector<Message>& messages) override {
    if (receiver_.Fails()) return Broken();
    for (const Message& message : messages) receiver_.taken.push_back(message.sequence);
    receiver_.messages.insert(receiver_.messages.end(), messages.begin(), messages.end());
    sent_ += messages.size();
    return {};
  }
  Result<std::uint64_t> Confirmed() override {
    if (receiver_.Fails()) return Broken();
    return receiver_.confirms ? sent_ : 0;
  }
  void Close() override { sent_ = 0; }

 private:
  Error Broken() { return {ErrorCode::kDependencyTimeout, "broken"}; }
  Result<void> Answer() { return receiver_.Fails() ? Result<void>(Broken()) : Result<void>(); }
  Receiver& receiver_;
  std::uint64_t sent_ = 0;
};

class DeliveryTest : public testing::Test {
 protected:
  DeliveryTest() {
    options_.destination.name = "soc";
    options_.destination.heartbeat = std::chrono::seconds(0);
    options_.trail_directory = directory_.path();
    options_.cursor_file = directory_.File("soc.cursor");
    audit::TrailOptions trail;
    trail.directory = directory_.path();
    trail.bytes_per_file_max = 4000;  // a few records, so that reading goes over files
    trail.flush_interval = std::chrono::milliseconds(0);
    trail_ = audit::Trail::Open(trail, clock_).value();
  }

  void Append(int records) {
    for (int i = 0; i < records; ++i)
      ASSERT_TRUE(trail_->Append(fakes::SampleRecord("id-" + std::to_string(++written_))));
  }
  // A new process, which knows only the files.
  void Restart() {
    delivery_ = std::make_unique<Delivery>(options_, std::make_unique<FakeTransport>(receiver_),
                                           clock_, random_);
  }
  void Run(int steps = 12) {
    if (!delivery_) Restart();
    for (int i = 0; i < steps; ++i) {
      delivery_->Step();
      clock_.Advance(std::chrono::seconds(40));  // over every pause
    }
  }
  // Numbers at their first arrival.
  std::vector<std::uint64_t> Firsts() const {
    std::vector<std::uint64_t> firsts;
    for (const std::uint64_t one : receiver_.taken)
      if (one != 0 && std::find(firsts.begin(), firsts.end(), one) == firsts.end())
        firsts.push_back(one);
    return firsts;
  }

  fakes::TemporaryDirectory directory_;
  fakes::ManualClock clock_;
  fakes::SeededRandom random_;
  DeliveryOptions options_;
  std::unique_ptr<audit::Trail> trail_;
  Receiver receiver_;
  std::unique_ptr<Delivery> delivery_;
  int written_ = 0;
};

}  // namespace kmaas::siem
