// Keeps the newest head of a store anchored: in the token, then in the audit trail, whose chain
// leaves the host.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/clock.h"
#include "ports/audit_sink.h"
#include "ports/random_source.h"
#include "ports/store_head.h"

namespace kmaas::storage {

struct AnchoringOptions {
  // How long a commit that changed nobody's rights may go unanchored; one that did is anchored at
  // once.
  std::chrono::milliseconds lag_max{1000};
  // Behind for longer than this, rights are not changed any more; reads and cryptography go on.
  std::chrono::milliseconds behind_max{10'000};
  std::chrono::milliseconds retry_interval{250};
  std::chrono::milliseconds write_max{5000};  // of one write to the token
  std::string region;                         // in audit records
  bool own_thread = true;                     // false: who uses it calls Tick
};

// Since the process began.
struct AnchoringCounters {
  std::uint64_t committed_epoch = 0;    // 0: nothing was committed
  std::uint64_t anchored_epoch = 0;     // in token and trail; 0: nothing was anchored
  std::uint64_t writes = 0;             // that succeeded
  std::uint64_t failures = 0;           // of the token or the trail
  std::uint64_t refused_changes = 0;    // of rights, because the anchor was too far behind
  std::uint64_t alarms = 0;             // changes that were acknowledged without an anchor
  std::chrono::milliseconds behind{0};  // age of the oldest commit not anchored
  std::chrono::milliseconds since_last_write{-1};  // negative: there was none
};

// Where the trail has the head: the source and name of its records. Their details are written by
// AnchorDetails and read by audit::FindAnchoredHead.
inline constexpr char kAnchorSource[] = "kmaas.internal";
inline constexpr char kAnchorEvent[] = "AnchorStoreHead";
// {"epoch":7,"rows":21,"digest":"<64 hexadecimal digits>"}
std::string AnchorDetails(const ports::StoreHead& head);
// A record of the service's own about its store, beside the trail's other service events.
ports::AuditRecord StoreRecord(std::string event_name, std::string details,
                               const std::string& region, ports::RandomSource& random,
                               WallTime now);

// Thread-safe, but for Begin, Believe and End, which one thread calls. Before Begin, and after End,
// heads are remembered and nobody waits. One write to the token serves all who wait for it.
class Anchoring final : public ports::HeadObserver {
 public:
  // Borrows all.
  Anchoring(ports::TokenAnchor& token, const Clock& clock, AnchoringOptions options);
  ~Anchoring() override;  // ends
  Anchoring(const Anchoring&) = delete;
  Anchoring& operator=(const Anchoring&) = delete;

  // Where the store stands; it is anchored before this returns. An error says why it is not: it is
  // tried again as long as this lives. Borrows trail and randomness until End.
  Result<void> Begin(ports::AuditSink& trail, ports::RandomSource& random,
                     const ports::StoreHead& head);
  // For a program without a trail, when the database was found to be the newest: what it commits is
  // anchored at the end, in the token alone. The server that starts next leaves the record.
  void Believe();
  // Ends the thread and anchors what is left, in one try; nothing of a database that nobody
  // believed in. Idempotent.
  Result<void> End();

  // kDependencyTimeout while the oldest commit without an anchor is older than behind_max.
  Result<void> MayChangeRights() override;
  void Committed(const ports::StoreHead& head, bool rights_changed) override;
  // At the deadline it raises the alarm "store_anchor_behind" in the log.
  void AwaitAnchored(std::uint64_t epoch, Deadline deadline) override;

  // Does what is due now, for who has no thread of ours.
  void Tick();
  AnchoringCounters counters() const;

 private:
  // Commits that wait for one write.
  struct Commits {
    SteadyTime oldest = SteadyTime::max();
    SteadyTime due = SteadyTime::max();
    void Add(const Commits& more) {
      oldest = std::min(oldest, more.oldest);
      due = std::min(due, more.due);
    }
    bool empty() const { return oldest == SteadyTime::max(); }
  };

  void Run();
  SteadyTime NextDue() const;  // under the lock, as the next two
  std::chrono::milliseconds Behind() const;
  ports::StoreHead Take();
  Result<void> AnchorNow();
  Result<void> Write(const ports::StoreHead& head);
  void Note(const ports::StoreHead& head, const Result<void>& done);

  ports::TokenAnchor& token_;
  const Clock& clock_;
  const AnchoringOptions options_;
  ports::AuditSink* trail_ = nullptr;
  ports::RandomSource* random_ = nullptr;

  std::mutex writing_;        // taken before the other: one write at a time
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable due_changed_;
  std::condition_variable anchored_;
  bool active_ = false;
  bool believed_ = false;
  std::optional<ports::StoreHead> committed_;
  std::uint64_t anchored_epoch_ = 0;
  Commits waiting_;
  Commits taken_;  // by the write that is under way
  SteadyTime next_try_ = SteadyTime::min();
  std::optional<SteadyTime> last_write_;
  std::string last_failure_;
  AnchoringCounters counters_;
  std::thread thread_;
};

}  // namespace kmaas::storage
