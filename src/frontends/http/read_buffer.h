// The bytes of a connection that are read and not yet understood.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"

namespace kmaas::http {

// One contiguous piece that starts small, grows up to its bound and forgets nothing: what has been
// consumed is wiped at once, because it held a plaintext. Not thread-safe.
class ReadBuffer {
 public:
  explicit ReadBuffer(std::size_t size_max) : size_max_(size_max) {}
  ~ReadBuffer();
  ReadBuffer(const ReadBuffer&) = delete;
  ReadBuffer& operator=(const ReadBuffer&) = delete;

  ByteView data() const { return {memory_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  // Room behind the data, empty when the bound is reached. Views of data() end here.
  MutableByteView Prepare();
  void Commit(std::size_t size) { end_ += size; }
  void Consume(std::size_t size);

 private:
  void MoveTo(std::unique_ptr<std::uint8_t[]> memory, std::size_t capacity);

  std::size_t size_max_;
  std::unique_ptr<std::uint8_t[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace kmaas::http
