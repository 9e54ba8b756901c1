// Looks for what was freed in the memory of the process itself.
#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace kmaas {
namespace {

constexpr std::size_t kCanaryBytes = 24;
constexpr std::uint8_t kMask = 0x5a;

// The canary masked: the search itself must not be what is found.
class Canary {
 public:
  explicit Canary(unsigned seed) {
    for (std::size_t i = 0; i < kCanaryBytes; ++i) {
      masked_[i] = static_cast<std::uint8_t>(seed * 31 + i * 7 + 13);
    }
  }
  void WriteTo(void* place) const {
    auto* bytes = static_cast<volatile std::uint8_t*>(place);
    for (std::size_t i = 0; i < kCanaryBytes; ++i) {
      bytes[i] = static_cast<std::uint8_t>(masked_[i] ^ kMask);
    }
  }
  bool IsAt(const std::uint8_t* bytes) const {
    for (std::size_t i = 0; i < kCanaryBytes; ++i) {
      if ((bytes[i] ^ kMask) != masked_[i]) return false;
    }
    return true;
  }

 private:
  std::array<std::uint8_t, kCanaryBytes> masked_{};
};

// How often the canary stands in the readable, writable memory of this process.
class OwnMemory {
 public:
  OwnMemory() : memory_(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC)) {
    buffer_ = static_cast<std::uint8_t*>(
        ::mmap(nullptr, kBufferBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  }
  ~OwnMemory() {
    ::munmap(buffer_, kBufferBytes);
    ::close(memory_);
  }
  OwnMemory(const OwnMemory&) = delete;
  OwnMemory& operator=(const OwnMemory&) = delete;

  std::size_t Count(const Canary& canary) {
    std::size_t found = 0;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
      std::uintptr_t begin = 0;
      std::uintptr_t end = 0;
      char dash = 0;
      std::string rights;
      std::istringstream(line) >> std::hex >> begin >> dash >> end >> rights;
      if (rights.rfind("rw", 0) == 0) found += CountIn(begin, end, canary);
    }
    return found;
  }

 private:
  static constexpr std::size_t kBufferBytes = std::size_t{1} << 20U;

  std::size_t CountIn(std::uintptr_t begin, std::uintptr_t end, const Canary& canary) {
    std::size_t found = 0;
    while (end - begin >= kCanaryBytes) {
      const std::size_t wanted = std::min<std::size_t>(kBufferBytes, end - begin);
      const auto buffer_at = reinterpret_cast<std::uintptr_t>(buffer_);
      if (begin < buffer_at + kBufferBytes && buffer_at < begin + wanted) {
        begin = buffer_at + kBufferBytes;
        if (begin >= end) break;
        continue;
      }
      const ssize_t got = ::pread(memory_, buffer_, wanted, static_cast<off_t>(begin));
      if (got < static_cast<ssize_t>(kCanaryBytes)) break;
      const auto size = static_cast<std::size_t>(got);
      for (std::size_t i = 0; i + kCanaryBytes <= size; ++i) {
        if (canary.IsAt(buffer_ + i)) ++found;
      }
      begin += size < kBufferBytes ? size : size - kCanaryBytes + 1;
    }
    return found;
  }

  int memory_;
  std::uint8_t* buffer_;
};

TEST(FreedMemory, IsFoundWhileItIsInUse) {
  OwnMemory memory;
  const Canary canary(1);
  void* block = std::malloc(1000);
  canary.WriteTo(block);
  EXPECT_EQ(memory.Count(canary), 1U);
  std::free(block);
  EXPECT_EQ(memory.Count(canary), 0U);
}

TEST(FreedMemory, IsWipedWhateverItsSize) {
  OwnMemory memory;
  const Canary canary(2);
  for (std::size_t size = kCanaryBytes; size < 300'000; size = size * 5 / 4 + 1) {
    auto* block = static_cast<std::uint8_t*>(std::malloc(size));
    canary.WriteTo(block);
    canary.WriteTo(block + size - kCanaryBytes);
    canary.WriteTo(block + (malloc_usable_size(block) - kCanaryBytes));
    std::free(block);
  }
  EXPECT_EQ(memory.Count(canary), 0U);
}

TEST(FreedMemory, IsWipedWhenItGrowsShrinksOrMoves) {
  OwnMemory memory;
  const Canary canary(3);
  for (std::size_t size = 64; size < 100'000; size *= 3) {
    auto* block = static_cast<std::uint8_t*>(std::malloc(size));
    canary.WriteTo(block + size - kCanaryBytes);
    block = static_cast<std::uint8_t*>(std::realloc(block, size * 4));
    ASSERT_TRUE(canary.IsAt(block + size - kCanaryBytes)) << "contents go along";
    EXPECT_EQ(memory.Count(canary), 1U) << size;
    block = static_cast<std::uint8_t*>(std::realloc(block, size * 3));
    canary.WriteTo(block + size * 2);
    block = static_cast<std::uint8_t*>(std::realloc(block, size / 2));
    EXPECT_EQ(memory.Count(canary), 0U) << size;
    std::free(block);
  }
}

TEST(FreedMemory, OfStandardContainersIsWiped) {
  OwnMemory memory;
  const Canary canary(4);
  {
    std::string text(kCanaryBytes * 2, 'x');
    canary.WriteTo(text.data());
    for (int i = 0; i < 12; ++i) text += text;
    std::vector<std::uint8_t> bytes(500);
    canary.WriteTo(bytes.data());
    bytes.resize(100'000);
    auto aligned = std::make_unique<std::array<std::uint8_t, 4096>>();
    canary.WriteTo(aligned->data());
    ASSERT_GE(memory.Count(canary), 3U);
  }
  EXPECT_EQ(memory.Count(canary), 0U);
}

// Each form of operator delete; an allocator has them all, and none of them need come by free.
// Looked at one by one: the next would get the block of the one before, and wipe it.
TEST(FreedMemory, ByEveryOperatorDeleteIsWiped) {
  constexpr std::size_t kBytes = 640;
  constexpr std::align_val_t kAlignment{64};
  OwnMemory memory;
  const Canary canary(6);
  const auto expect_wiped = [&](const char* form, void* block, const auto& give_back) {
    canary.WriteTo(static_cast<std::uint8_t*>(block) + kBytes / 2);
    give_back(block);
    EXPECT_EQ(memory.Count(canary), 0U) << form;
  };
  expect_wiped("plain", ::operator new(kBytes), [](void* p) { ::operator delete(p); });
  expect_wiped("array", ::operator new[](kBytes), [](void* p) { ::operator delete[](p); });
  expect_wiped("sized", ::operator new(kBytes), [](void* p) { ::operator delete(p, kBytes); });
  expect_wiped("sized array", ::operator new[](kBytes),
               [](void* p) { ::operator delete[](p, kBytes); });
  expect_wiped("aligned", ::operator new(kBytes, kAlignment),
               [](void* p) { ::operator delete(p, kAlignment); });
  expect_wiped("aligned array", ::operator new[](kBytes, kAlignment),
               [](void* p) { ::operator delete[](p, kAlignment); });
  expect_wiped("sized aligned", ::operator new(kBytes, kAlignment),
               [](void* p) { ::operator delete(p, kBytes, kAlignment); });
  expect_wiped("sized aligned array", ::operator new[](kBytes, kAlignment),
               [](void* p) { ::operator delete[](p, kBytes, kAlignment); });
  expect_wiped("nothrow", ::operator new(kBytes, std::nothrow),
               [](void* p) { ::operator delete(p, std::nothrow); });
  expect_wiped("nothrow array", ::operator new[](kBytes, std::nothrow),
               [](void* p) { ::operator delete[](p, std::nothrow); });
  expect_wiped("aligned nothrow", ::operator new(kBytes, kAlignment, std::nothrow),
               [](void* p) { ::operator delete(p, kAlignment, std::nothrow); });
  expect_wiped("aligned nothrow array", ::operator new[](kBytes, kAlignment, std::nothrow),
               [](void* p) { ::operator delete[](p, kAlignment, std::nothrow); });
}

// Else what is wiped here would be another allocator's memory than the server's.
TEST(Allocator, IsTcmalloc) {
  Dl_info where{};
  ASSERT_NE(::dladdr(reinterpret_cast<void*>(&std::malloc), &where), 0);
  EXPECT_NE(std::string_view(where.dli_fname).find("tcmalloc"), std::string_view::npos)
      << where.dli_fname;
}

TEST(FreedMemory, OfOtherThreadsIsWiped) {
  OwnMemory memory;
  const Canary canary(5);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&canary] {
      for (std::size_t size = kCanaryBytes; size < 50'000; size += 997) {
        void* block = std::malloc(size);
        canary.WriteTo(block);
        std::free(block);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(memory.Count(canary), 0U);
}

TEST(Realloc, KeepsTheCLibrarysContract) {
  // Called through pointers, so that the compiler does not warn of what is meant here.
  void* (*volatile resize)(void*, std::size_t) = std::realloc;
  void* (*volatile resize_array)(void*, std::size_t, std::size_t) = ::reallocarray;
  void* block = resize(nullptr, 10);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(resize(block, 0), nullptr);
  EXPECT_EQ(resize_array(nullptr, SIZE_MAX / 2, 3), nullptr);
  EXPECT_EQ(errno, ENOMEM);
  block = resize(nullptr, 32);
  EXPECT_EQ(resize(block, SIZE_MAX / 2), nullptr);
  std::memset(block, 1, 32);  // still there
  errno = 77;
  std::free(block);
  EXPECT_EQ(errno, 77);
  std::free(nullptr);
}

}  // namespace
}  // namespace kmaas
