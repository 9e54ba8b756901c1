// Takes a new generation of roots into use, and brings all wrapped material to it while the service
// goes on.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "core/outbox.h"
#include "ports/audit_sink.h"
#include "ports/token_roots.h"
#include "records/catalog.h"
#include "records/root_use.h"

namespace kmaas::lifecycle {

// Snapshot since the start of the process.
struct RootRotationCounters {
  std::uint32_t generation = 0;  // that wraps; 0: no root was ever rotated
  bool under_way = false;
  std::uint64_t rewrapped = 0;  // materials
  std::uint64_t overtaken = 0;  // that somebody changed meanwhile; they are looked at again
  std::uint64_t failed = 0;     // tries
};

// Not thread-safe but for counters(): one thread runs it. Nothing that must survive is kept here:
// which generation wraps stands in the store, which material is under another one in its row. So a
// crash leaves rows that are under the old root or under the new one, each whole, and whoever comes
// next goes on. A row changes only when its new blob was proved (ports::TokenRoots), only if it is
// still the one that was read, and in one transaction with the audit record that names its key.
class RootRotation {
 public:
  struct Parts {  // borrowed
    records::Catalog& catalog;
    ports::TokenRoots& roots;
    core::Outbox& outbox;
    ports::AuditSink& audit;
    const Clock& clock;
    // The record of an event of the service, with these details as JSON.
    std::function<ports::AuditRecord(std::string event_name, std::string details)> record;
    // How long calls may still write what an older root wrapped; zero when there are none.
    std::chrono::seconds in_flight = 2 * limits::kCallDeadline;
  };
  explicit RootRotation(Parts parts) : parts_(std::move(parts)) {}

  // At start: tells the token which generation wraps, as the store has it. kNotFound when the token
  // does not have that one.
  Result<void> Resume();

  // Takes the newest generation of the token into use and answers it; nothing when that is in use
  // already.
  Result<std::optional<std::uint32_t>> Begin();

  enum class Next {
    kNothing,  // all material is under the generation in use
    kMore,     // there is more to do at once
    kLater,    // calls that began before may still write: look again in a while
  };
  // One batch at most, a fraction of a second. Material that cannot be brought over is logged,
  // named, and tried again in the next round: the error then comes at the end of this one. An error
  // before that is of the token, the store or the trail; what was done until then stands.
  Result<Next> Step();

  RootRotationCounters counters() const;

 private:
  struct Moved {
    domain::KeyMaterial before;
    ports::GeneratedMaterial after;
  };
  using Change = std::function<Result<bool>(records::Changes&, ports::AuditRecord&)>;

  void Adopt(const records::RootUse& use, std::chrono::seconds in_flight);
  bool IsElsewhere(const domain::KeyMaterial& material) const;
  // The next ones that are to be brought over; sets round_.after as far as it looked.
  Result<std::vector<domain::KeyMaterial>> Collect();
  Result<void> Move(const std::vector<domain::KeyMaterial>& batch, std::vector<Moved>& moved);
  // Answers how many.
  Result<std::size_t> Place(records::Changes& changes, const std::vector<Moved>& moved,
                            ports::AuditRecord& record);
  Result<void> Commit(const std::vector<Moved>& moved);
  Result<Next> EndRound();
  Result<void> Settle();
  // Commits the change, unless it answers false, together with its record.
  Result<void> Write(ports::AuditRecord record, const Change& change);

  struct Round {
    SteadyTime began{};
    std::string after = {};  // row key
    bool at_end = false;
    std::uint64_t seen = 0;  // that were elsewhere
    std::uint64_t failed = 0;
  };
  Parts parts_;
  std::optional<records::RootUse> use_;
  SteadyTime settles_after_{};
  Round round_;
  std::atomic<std::uint32_t> generation_{0};
  std::atomic<bool> under_way_{false};
  std::atomic<std::uint64_t> rewrapped_{0};
  std::atomic<std::uint64_t> overtaken_{0};
  std::atomic<std::uint64_t> failed_{0};
};

}  // namespace kmaas::lifecycle
