#include "frontends/http/read_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/secret_bytes.h"

namespace kmaas::http {
namespace {

constexpr std::size_t kFirstBytes = 4096;  // a call of any SDK fits

}  // namespace

ReadBuffer::~ReadBuffer() { WipeMemory(memory_.get() + begin_, end_ - begin_); }

MutableByteView ReadBuffer::Prepare() {
  if (end_ == capacity_) {
    if (begin_ > 0) {
      const std::size_t size = end_ - begin_;
      std::memmove(memory_.get(), memory_.get() + begin_, size);
      WipeMemory(memory_.get() + size, end_ - size);
      begin_ = 0;
      end_ = size;
    } else if (capacity_ < size_max_) {
      const std::size_t capacity = std::min(std::max(kFirstBytes, capacity_ * 2), size_max_);
      MoveTo(std::make_unique<std::uint8_t[]>(capacity), capacity);
    }
  }
  return {memory_.get() + end_, capacity_ - end_};
}

void ReadBuffer::Consume(std::size_t size) {
  WipeMemory(memory_.get() + begin_, size);
  begin_ += size;
  if (begin_ == end_) begin_ = end_ = 0;
}

void ReadBuffer::MoveTo(std::unique_ptr<std::uint8_t[]> memory, std::size_t capacity) {
  if (end_ > 0) {
    std::memcpy(memory.get(), memory_.get(), end_);
    WipeMemory(memory_.get(), end_);
  }
  memory_ = std::move(memory);
  capacity_ = capacity;
}

}  // namespace kmaas::http
