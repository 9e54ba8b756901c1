// The production RandomSource: the process's CSPRNG.
#pragma once

#include "crypto/aead.h"
#include "ports/random_source.h"

namespace kmaas::app {

class ProcessRandom final : public ports::RandomSource {
 public:
  void Fill(MutableByteView out) override { crypto::ProcessRandom(out); }
};

}  // namespace kmaas::app
