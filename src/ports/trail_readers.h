// Who still needs which records of the audit trail: asked before old files are removed.
#pragma once

#include <cstdint>

namespace kmaas::ports {

// Thread-safe, does not wait.
class TrailReaders {
 public:
  virtual ~TrailReaders() = default;
  // The lowest sequence number that somebody may still read; the largest number when nobody does. A
  // file whose records are all below it may go.
  virtual std::uint64_t LowestNeeded() const = 0;
};

}  // namespace kmaas::ports
