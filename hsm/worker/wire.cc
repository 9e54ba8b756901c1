#include "hsm/worker/wire.h"

#include <cstring>

namespace kmaas::hsm::worker {
namespace {

constexpr std::size_t Padded(std::size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

void Writer::Number(std::uint64_t number) {
  ok_ = Fits(sizeof number);
  if (!ok_) return;
  std::memcpy(out_.data() + size_, &number, sizeof number);
  size_ += sizeof number;
}

void Writer::Bytes(const void* data, std::size_t size) {
  if (data == nullptr) size = 0;
  // First, because the padding of a length without bounds wraps around.
  ok_ = size <= out_.size() && Fits(sizeof(std::uint64_t) + Padded(size));
  if (!ok_) return;
  Number(size);
  if (size > 0) std::memcpy(out_.data() + size_, data, size);
  std::memset(out_.data() + size_ + size, 0, Padded(size) - size);
  size_ += Padded(size);
}

void Writer::Raw(ByteView items) {
  ok_ = items.size() % kAlignment == 0 && Fits(items.size());
  if (!ok_) return;
  if (!items.empty()) std::memcpy(out_.data() + size_, items.data(), items.size());
  size_ += items.size();
}

void Writer::Replace(std::size_t at, std::uint64_t number) {
  if (at + sizeof number <= size_) std::memcpy(out_.data() + at, &number, sizeof number);
}

std::uint64_t Reader::Number() {
  std::uint64_t number = 0;
  ok_ = ok_ && in_.size() - at_ >= sizeof number;
  if (!ok_) return 0;
  std::memcpy(&number, in_.data() + at_, sizeof number);
  at_ += sizeof number;
  return number;
}

MutableByteView Reader::Bytes() {
  const std::uint64_t size = Number();
  const std::size_t left = in_.size() - at_;
  ok_ = ok_ && size <= left && Padded(size) <= left;
  if (!ok_) return {};
  const MutableByteView bytes = in_.subspan(at_, size);
  at_ += Padded(size);
  return bytes;
}

}  // namespace kmaas::hsm::worker
