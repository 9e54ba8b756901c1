#include "hsm/worker/arguments.h"

#include <algorithm>
#include <cstring>

#include "base/secret_bytes.h"

namespace kmaas::hsm::worker {

std::tuple<CK_BYTE*, CK_ULONG> Input::Served::Arguments() {
  return {bytes_.empty() ? &none_ : bytes_.data(), bytes_.size()};
}

void Output::Asked::Ask(Writer& request) const {
  request.Number(bytes_ != nullptr ? 1 : 0);
  request.Number(*size_);
}

void Output::Asked::Learn(CK_RV rv, Reader& reply) const {
  const CK_ULONG size = reply.Number();
  const MutableByteView bytes = reply.Bytes();
  if (!IsSize(size) || bytes.size() > (bytes_ != nullptr ? *size_ : 0) || bytes.size() > size)
    return reply.Fail();
  // An answer that says that it is longer than what came of it is none.
  if (rv == CKR_OK && bytes_ != nullptr && bytes.size() != size) return reply.Fail();
  if (!bytes.empty()) std::memcpy(bytes_, bytes.data(), bytes.size());
  if (rv == CKR_OK || rv == CKR_BUFFER_TOO_SMALL) *size_ = size;
}

Output::Served::~Served() { WipeMemory(bytes_.data(), std::min(capacity_, bytes_.size())); }

void Output::Served::Hear(Reader& request) {
  wanted_ = request.Number() != 0;
  size_ = request.Number();
  if (wanted_) size_ = std::min<CK_ULONG>(size_, bytes_.size());
  capacity_ = wanted_ ? size_ : 0;
}

std::tuple<CK_BYTE*, CK_ULONG*> Output::Served::Arguments() {
  return {wanted_ ? bytes_.data() : nullptr, &size_};
}

void Output::Served::Answer(CK_RV rv, Writer& reply) const {
  reply.Number(size_);
  const bool is_there = rv == CKR_OK && wanted_;
  reply.Bytes(bytes_.data(), is_there ? std::min(size_, capacity_) : 0);
}

void Filled::Asked::Ask(Writer& request) const {
  if (size_ > kOutputBytesMax) return request.Fail();
  request.Number(size_);
}

void Filled::Asked::Learn(CK_RV rv, Reader& reply) const {
  const MutableByteView bytes = reply.Bytes();
  if (rv != CKR_OK) return;
  if (bytes.size() != size_) return reply.Fail();
  if (!bytes.empty()) std::memcpy(bytes_, bytes.data(), bytes.size());
}

Filled::Served::~Served() { WipeMemory(bytes_.data(), size_); }

void Filled::Served::Hear(Reader& request) {
  size_ = request.Number();
  if (size_ <= bytes_.size()) return;
  size_ = 0;
  request.Fail();
}

void Filled::Served::Answer(CK_RV rv, Writer& reply) const {
  reply.Bytes(bytes_.data(), rv == CKR_OK ? size_ : 0);
}

}  // namespace kmaas::hsm::worker
