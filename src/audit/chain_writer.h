// Appends records to the newest file of a trail, and begins the next file when it is time.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "audit/append_file.h"
#include "audit/chain.h"
#include "base/clock.h"

namespace kmaas::audit {

// Where a trail stands when it is opened.
struct TrailState {
  ChainHead head = Genesis();
  std::shared_ptr<AppendFile> file;  // the newest; none in an empty directory
  std::string day;                   // of the newest file's last record, "2026-11-24"; may be empty
};

// One thread at a time may Append; any may Sync at the same time.
class ChainWriter {
 public:
  struct Settings {
    std::string directory;
    std::uint64_t bytes_per_file_max;
    const FileCalls& calls;
  };
  ChainWriter(Settings settings, const Clock& clock, TrailState state);

  // All of the events, in one write, or none.
  Result<void> Append(std::span<const std::string_view> events);
  // Every record appended before the call survives power loss.
  Result<void> Sync();

  // Where the next record continues. For the thread that appends.
  const ChainHead& head() const { return head_; }
  // Numbers of the last record that was appended, and of the last that is known to be durable.
  std::uint64_t appended() const { return appended_; }
  std::uint64_t durable() const { return durable_; }

 private:
  Result<void> TurnPage(std::size_t bytes);
  std::shared_ptr<AppendFile> file() const;

  const Settings settings_;
  const Clock& clock_;
  ChainHead head_;
  std::string buffer_;
  std::chrono::sys_days day_;
  std::atomic<std::uint64_t> appended_;
  std::atomic<std::uint64_t> durable_;
  mutable std::mutex file_mutex_;  // for the pointer: Sync uses the file while it is replaced
  std::shared_ptr<AppendFile> file_;
};

}  // namespace kmaas::audit
