// What was done to files, in order, and what is left of it when the power fails at any moment.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace kmaas::storage {

struct DiskEntry {
  enum Kind { kWrite, kCut, kFlush, kDelete };
  Kind kind;
  std::string path;
  std::uint64_t at = 0;  // where a write begins; the size after a cut
  std::string bytes;
};

// By path. A path that is absent is no file.
using DiskImage = std::map<std::string, std::string>;

// How many bytes of an unflushed entry of that size reach the disk; a cut counts as one byte.
using Survives = std::function<std::size_t(std::size_t)>;

// Thread-safe.
class DiskLog {
 public:
  void Add(DiskEntry entry);
  std::size_t size() const;

  // The files when the power fails after `entries` entries: what was flushed stands there whole,
  // what was not as far as `survives` says. A deletion is believed, as its directory is flushed.
  DiskImage AfterPowerLoss(std::size_t entries, const Survives& survives) const;

 private:
  mutable std::mutex mutex_;
  std::vector<DiskEntry> entries_;
};

}  // namespace kmaas::storage
