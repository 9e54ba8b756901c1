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
// Which sectors of it do, beginning with the place where it begins; a cut counts as one.
using SurvivingSectors = std::function<std::vector<bool>(std::size_t)>;
inline constexpr std::size_t kSectorBytes = 512;

// Thread-safe.
class DiskLog {
 public:
  void Add(DiskEntry entry);
  std::size_t size() const;

  // The files when the power fails after `entries` entries: what was flushed stands there whole,
  // what was not as far as `survives` says. A deletion is believed, as its directory is flushed.
  DiskImage AfterPowerLoss(std::size_t entries, const Survives& survives) const;
  // The same, with holes: sectors that did not survive are as they were, or zero behind the end.
  DiskImage WithHoles(std::size_t entries, const SurvivingSectors& survives) const;

 private:
  using ApplyLost = std::function<void(const DiskEntry&, std::string&)>;
  DiskImage Replay(std::size_t entries, const ApplyLost& apply) const;

  mutable std::mutex mutex_;
  std::vector<DiskEntry> entries_;
};

}  // namespace kmaas::storage
