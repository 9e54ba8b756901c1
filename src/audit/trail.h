// The audit trail on disk: hash-chained JSON lines, appended in groups.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "audit/chain.h"
#include "ports/audit_sink.h"
#include "ports/durable_sink.h"

namespace kmaas::audit {

struct FileCalls;

struct TrailOptions {
  std::string directory;  // exists, mode 0700, of this process alone
  std::uint64_t bytes_per_file_max = std::uint64_t{64} << 20U;  // then a new file
  // How long a record may be only in the kernel's memory. Zero: only Flush() flushes.
  std::chrono::milliseconds flush_interval{50};
  const FileCalls* calls = nullptr;  // the system's; tests put failing ones here
};

// Since Open. Records per write and per flush say how well calls share them.
struct TrailCounters {
  std::uint64_t records = 0;
  std::uint64_t writes = 0;
  std::uint64_t flushes = 0;
  std::uint64_t failed_writes = 0;
  std::uint64_t failed_flushes = 0;
  // Age, at most, of the oldest record that is not known to survive power loss; now.
  std::chrono::nanoseconds lag{0};
};

// Thread-safe. Each record is one line of "audit-<first sequence number>.jsonl" (src/audit/chain.h
// has the form); a new file begins with each UTC day and when one is full. Append returns after
// write(2): the record survives the end of this process at once, and of the machine after the next
// flush. After a failed write (disk full) nothing of it is left in the file, and the next Append
// tries again. After a failed flush every Append fails until one has succeeded.
class Trail final : public ports::AuditSink, public ports::DurableSink {
 public:
  // Checks the newest files and continues their chain. A last line that a crash tore, and all from
  // the first line on of which a loss of power has left a part unwritten, is moved to
  // "<file>.torn" and reported in the log. Refuses, with file and line in `message`: a broken
  // chain, a directory that another process has open or that cannot be written. Borrows the clock.
  static Result<std::unique_ptr<Trail>> Open(const TrailOptions& options, const Clock& clock);
  // Flushes. No call may be under way.
  ~Trail() override;

  Result<void> Append(const ports::AuditRecord& record) override;
  std::string Render(const ports::AuditRecord& record) const override;
  Result<void> AppendRendered(const std::string& event_id, const std::string& rendered) override;

  // Returns when every record that was appended before the call survives power loss. Concurrent
  // calls share a flush.
  Result<void> Flush() override;
  bool IsDurable() const override;

  // The last record that was appended, by now perhaps not durable yet, and its number alone, which
  // costs nothing.
  ChainHead head();
  std::uint64_t last_sequence() const;
  TrailCounters counters() const;

 private:
  struct Parts;
  explicit Trail(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace kmaas::audit
