// Numbers and byte strings in a message between the server and a worker.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace kmaas::hsm::worker {

// Every item takes a multiple of this, so that what is read from an aligned buffer is aligned.
inline constexpr std::size_t kAlignment = 8;

// Appends to memory of a fixed size, which may be shared: it is written, never read. What does not
// fit is left out and makes ok() false for good.
class Writer {
 public:
  explicit Writer(MutableByteView out) : out_(out) {}
  void Number(std::uint64_t number);
  void Bytes(const void* data, std::size_t size);  // with their length; null is of length 0
  void Raw(ByteView items);                        // what another writer has written
  // In the place of a number that was written before, `at` bytes from the beginning.
  void Replace(std::size_t at, std::uint64_t number);
  void Fail() { ok_ = false; }
  bool ok() const { return ok_; }
  std::size_t size() const { return size_; }

 private:
  bool Fits(std::size_t size) const { return ok_ && out_.size() - size_ >= size; }
  MutableByteView out_;
  std::size_t size_ = 0;
  bool ok_ = true;
};

// Reads what the other side says, in memory that it cannot reach: copy first, then read. What is
// missing or too long reads as nothing and makes ok() false for good.
class Reader {
 public:
  // `in` is aligned to kAlignment and outlives what is read.
  explicit Reader(MutableByteView in) : in_(in) {}
  std::uint64_t Number();
  MutableByteView Bytes();
  void Fail() { ok_ = false; }
  bool ok() const { return ok_; }
  bool AtEnd() const { return at_ == in_.size(); }

 private:
  MutableByteView in_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace kmaas::hsm::worker
