#include "base/secret_bytes.h"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is not in <cstring>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <new>
#include <vector>

#include "base/secret_memory.h"

namespace kmaas {
namespace {

std::atomic<std::uint64_t> mapped_bytes{0};
std::atomic<std::uint64_t> unlocked_bytes{0};
std::atomic<std::uint64_t> dumped_bytes{0};

// Blocks of powers of two from 32 bytes to 8 KiB are cut from locked slabs and kept on free lists;
// anything larger has its own mapping. Locking per object would cost a system call each and exhaust
// RLIMIT_MEMLOCK page by page.
class LockedArena {
 public:
  void* Allocate(std::size_t size) {
    const std::size_t bucket = Bucket(size);
    if (bucket >= kBuckets) return Map(size);
    const std::lock_guard lock(mutex_);
    auto& free = free_[bucket];
    if (free.empty()) Refill(bucket);
    void* block = free.back();
    free.pop_back();
    return block;
  }

  void Release(void* block, std::size_t size) {
    const std::size_t bucket = Bucket(size);
    if (bucket >= kBuckets) {
      munmap(block, size);
      mapped_bytes -= size;
      return;
    }
    const std::lock_guard lock(mutex_);
    free_[bucket].push_back(block);
  }

 private:
  static constexpr std::size_t kSmallest = 32;
  static constexpr std::size_t kBuckets = 9;
  static constexpr std::size_t kSlabBytes = 64UL * 1024;

  static std::size_t Bucket(std::size_t size) {
    std::size_t bucket = 0;
    for (std::size_t block = kSmallest; block < size; block *= 2) ++bucket;
    return bucket;
  }

  static void* Map(std::size_t size) {
    void* pages = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    mapped_bytes += size;
    // Both are best effort: without them the bytes are wiped all the same.
    if (mlock(pages, size) != 0) unlocked_bytes += size;
    if (madvise(pages, size, MADV_DONTDUMP) != 0) dumped_bytes += size;
    return pages;
  }

  void Refill(std::size_t bucket) {
    const std::size_t block = kSmallest << bucket;
    auto* slab = static_cast<std::uint8_t*>(Map(kSlabBytes));
    for (std::size_t at = 0; at + block <= kSlabBytes; at += block)
      free_[bucket].push_back(slab + at);
  }

  std::mutex mutex_;
  std::array<std::vector<void*>, kBuckets> free_;
};

LockedArena& Arena() {
  static auto* arena =
      new LockedArena;  // never destroyed: secrets in static objects may outlive it otherwise
  return *arena;
}

}  // namespace

SecretMemoryCounters CountersOfSecretMemory() {
  return {mapped_bytes, unlocked_bytes, dumped_bytes};
}

void WipeMemory(void* data, std::size_t size) {
  if (size != 0) explicit_bzero(data, size);
}

void WipeText(std::string& text) {
  text.resize(text.capacity());
  WipeMemory(text.data(), text.size());
  text.clear();
}

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
  if (size == 0) return;
  data_ = static_cast<std::uint8_t*>(Arena().Allocate(size));
  memset(data_, 0, size);
}

SecretBytes::SecretBytes(ByteView copied) : SecretBytes(copied.size()) {
  if (data_ != nullptr) memcpy(data_, copied.data(), copied.size());
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    Wipe();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

void SecretBytes::Wipe() {
  if (data_ == nullptr) return;
  WipeMemory(data_, size_);
  Arena().Release(data_, size_);
  data_ = nullptr;
  size_ = 0;
}

}  // namespace kmaas
