// Sees every fsync of the program, and can make them fail. In this program fsync itself does
// nothing: no test loses power, and hundreds of tokens are made.
#pragma once

#include <string>
#include <vector>

namespace kmaas::hsm {

// Thread-safe; one at a time. The module has no part in it: SoftHSM never flushes.
class FlushWitness {
 public:
  FlushWitness();
  ~FlushWitness();
  FlushWitness(const FlushWitness&) = delete;
  FlushWitness& operator=(const FlushWitness&) = delete;

  // Paths in the order in which they were flushed.
  std::vector<std::string> flushed() const;
  // From now on each fsync answers EIO, or again success.
  void Fail(bool fail);
};

}  // namespace kmaas::hsm
