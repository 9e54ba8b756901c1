// Makes the indexes of files as they fill, so that no search has to.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>

#include "audit/trail_files.h"
#include "base/result.h"
#include "base/ticker.h"

namespace kmaas::audit {

struct IndexCounters {
  std::uint64_t made = 0;
  std::uint64_t failed = 0;   // tries
  std::uint64_t missing = 0;  // of files that are full, at the last look
};

// One thread at a time. Appends nothing, and takes no lock that an append takes. Memory: about a
// sixth of a file of the trail while its index is made.
class IndexMaker {
 public:
  explicit IndexMaker(std::string directory) : directory_(std::move(directory)) {}

  // Looks for files that are full and have no index of use, and makes that of the newest one: one
  // at a time, so that whoever calls can end. Leaves the disk to the trail when there is little
  // room. What fails is logged and left alone for a while; a search does without.
  void Tick();
  IndexCounters counters() const { return {made_, failed_, missing_}; }  // thread-safe

 private:
  Result<void> Make(const TrailFile& file);

  const std::string directory_;
  std::set<std::uint64_t> indexed_;  // first records of files that have one
  std::uint64_t ticks_to_rest_ = 0;
  std::atomic<std::uint64_t> made_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> missing_{0};
};

// An IndexMaker on a thread of its own, which has the lowest priority of processor and disk. Ends
// after the file that it is at.
class BackgroundIndexes {
 public:
  BackgroundIndexes(std::string directory, std::chrono::milliseconds interval);
  IndexCounters counters() const { return maker_.counters(); }

 private:
  IndexMaker maker_;
  bool priority_is_low_ = false;
  Ticker ticker_;  // last: it uses the others
};

}  // namespace kmaas::audit
