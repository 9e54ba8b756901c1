// An open file that is closed when this goes.
#pragma once

#include <unistd.h>

namespace kmaas::audit {

struct Descriptor {
  explicit Descriptor(int opened) : number(opened) {}
  ~Descriptor() {
    if (number >= 0) close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  const int number;  // negative: opening failed
};

}  // namespace kmaas::audit
