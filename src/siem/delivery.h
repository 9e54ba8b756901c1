// Brings the events of the audit trail and its seals to one destination: in order, each at least
// once; a seal behind the records that it covers.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ports/random_source.h"
#include "siem/cursor_file.h"
#include "siem/destination.h"
#include "siem/render/render.h"
#include "siem/seal_reader.h"
#include "siem/trail_reader.h"
#include "siem/transport/transport.h"

namespace kmaas::siem {

// Since the start, unless said otherwise.
struct DeliveryCounters {
  std::string destination;
  bool connected = false;             // now
  std::uint64_t sent = 0;             // messages, heartbeats among them
  std::uint64_t resent = 0;           // of them, again
  std::uint64_t heartbeats = 0;       // of them
  std::uint64_t seals = 0;            // of them
  std::uint64_t failures = 0;         // connections that failed or could not be made
  std::uint64_t cursor_failures = 0;  // the cursor file could not be written: an alarm
  std::uint64_t trail_faults = 0;     // the trail did not continue where it should: an alarm
  std::uint64_t confirmed = 0;        // sequence number, now
  std::uint64_t lag_records = 0;      // behind the end of the trail, as last looked at
  std::uint64_t lag_seconds = 0;      // age of the oldest record that is not confirmed
};

struct DeliveryOptions {
  Destination destination;
  std::string trail_directory;
  std::string cursor_file;
  Producer producer;
  std::size_t batch_max = 128;                     // messages in one Send
  std::size_t unconfirmed_max = 65'536;            // messages that are sent and not confirmed
  std::chrono::milliseconds poll{100};             // how often the end of the trail is looked at
  std::chrono::milliseconds confirm_poll{20};      // how often evidence is looked for
  std::chrono::milliseconds cursor_interval{250};  // at most one write of the cursor in this time
  std::chrono::milliseconds retry_min{250};
  std::chrono::milliseconds retry_max{30'000};
  WriteWhole write = WriteWholeFile;  // tests put failing ones here
};

// Step is for one thread; counters may be read from others.
class Delivery {
 public:
  // Borrows clock and random.
  Delivery(DeliveryOptions options, std::unique_ptr<Transport> transport, const Clock& clock,
           ports::RandomSource& random);

  // Does what can be done now and says how long nothing will be to do. What fails is logged,
  // counted and tried again later, after a time that doubles and is spread by chance.
  std::chrono::milliseconds Step();
  // Writes the cursor if it has moved. No Step may follow.
  void Close();

  DeliveryCounters counters() const;
  // No record before this one is needed any more, now or after a restart.
  std::uint64_t lowest_needed() const { return durable_ + 1; }

 private:
  struct Sent {
    audit::ChainHead head;     // the cursor, once it is confirmed
    bool moves_cursor = true;  // false: no record, and none before it
    WallTime time{};
    std::uint64_t seal = 0;  // its number; 0: no seal
  };

  bool Start();
  Result<void> Work();
  Result<void> Confirm();
  Result<void> ReadBatch();
  Result<bool> ReadOne();
  Result<void> LookForSeal();
  void TakeSeal();
  Sent BehindAll(WallTime time) const;
  void Broken();
  Result<void> SendBatch();
  Result<void> SendHeartbeat();
  Result<void> Rewind();
  void Fail(const Error& error);
  void Succeed();
  void MoveCursor(const audit::ChainHead& head);
  void SaveCursor(bool now);
  void LookAtLag();
  void LookAtAge();
  std::chrono::milliseconds Pause();

  DeliveryOptions options_;
  std::unique_ptr<Transport> transport_;
  const Clock& clock_;
  ports::RandomSource& random_;
  TrailReader reader_;
  SealReader seals_;
  std::optional<TrailSeal> seal_;  // read, and its records are not
  bool seal_waited_ = false;       // to the end of the trail
  Cursor cursor_;
  bool started_ = false;
  bool rewind_ = true;  // the reader has to go back to the cursor
  bool connected_ = false;
  std::deque<Sent> sent_;                 // not confirmed
  std::uint64_t confirmed_messages_ = 0;  // since the connection was made
  std::vector<Message> batch_;            // read, not sent
  std::vector<Sent> batch_sent_;          // what each of them is
  std::uint64_t highest_sent_ = 0;
  std::uint64_t broken_after_ = 0;
  bool has_broken_ = false;
  bool at_end_ = false;
  unsigned failures_in_row_ = 0;
  std::string last_logged_;
  SteadyTime retry_at_{};
  SteadyTime last_sent_{};
  SteadyTime cursor_saved_{};
  SteadyTime lag_seen_{};
  bool cursor_moved_ = false;
  bool cursor_failing_ = false;
  std::atomic<std::uint64_t> durable_{0};
  mutable std::mutex mutex_;  // of the counters
  DeliveryCounters counters_;
};

}  // namespace kmaas::siem
