// What the process has asked its allocator for and not given back, in bytes. What the allocator
// keeps for later is not counted, so a leak shows here before it shows in resident memory. Any
// thread; takes some microseconds.
#pragma once

#include <cstddef>

namespace kmaas::app {

std::size_t HeapBytesInUse();

}  // namespace kmaas::app
