// How much of the heap is in use, by whatever allocator there is.
#include "app/heap.h"

#include <gtest/gtest.h>

#include <memory>

namespace kmaas::app {
namespace {

#ifndef KMAAS_SANITIZED
constexpr std::size_t kBlock = std::size_t{1}
                               << 16U;  // small enough to come from the heap, not from mmap

TEST(HeapBytesInUse, CountsABlockUntilItIsGivenBack) {
  const std::size_t before = HeapBytesInUse();
  auto block = std::make_unique<char[]>(kBlock);
  block[0] = 1;
  EXPECT_GE(HeapBytesInUse(), before + kBlock);
  block.reset();
  EXPECT_LT(HeapBytesInUse(), before + kBlock);
}
#endif

}  // namespace
}  // namespace kmaas::app
