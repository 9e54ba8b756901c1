// SecretBytes: key material and other secrets, kept out of swap and core dumps and wiped when
// dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/bytes.h"

namespace kmaas {

// Owns its bytes on pages that are locked (best effort: RLIMIT_MEMLOCK) and excluded from core
// dumps. Moves are cheap, copies must be asked for with Clone(); there is no operator== (compare
// with crypto::ConstantTimeEqual) and nothing prints it. Not thread-safe, like any container.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size);  // zero-filled
  explicit SecretBytes(ByteView copied);   // the caller still owns, and wipes, the original
  SecretBytes(SecretBytes&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { Wipe(); }

  SecretBytes Clone() const { return SecretBytes(view()); }
  ByteView view() const { return {data_, size_}; }
  MutableByteView span() { return {data_, size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void Wipe();  // zeroes and releases; the object is empty afterwards

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// Overwrites memory in a way that the compiler may not remove.
void WipeMemory(void* data, std::size_t size);
inline void WipeMemory(MutableByteView bytes) { WipeMemory(bytes.data(), bytes.size()); }
void WipeText(std::string& text);  // the whole capacity, then cleared

}  // namespace kmaas
