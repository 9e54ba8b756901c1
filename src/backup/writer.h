// Writes a backup: header, sealed frames, signature.
#pragma once

#include <cstdint>
#include <string_view>

#include "backup/header.h"
#include "backup/new_file.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/digest.h"

namespace kmaas::backup {

enum class FrameKind : std::uint8_t { kPart = 1, kBytes = 2, kEnd = 3 };
inline constexpr std::size_t kFrameBytesMax = std::size_t{1} << 20U;  // of its plaintext
inline constexpr std::size_t kSignatureBytes = 64;

// What GCM binds a frame by.
Bytes FrameNonce(std::uint64_t number);
Bytes FrameAssociated(const crypto::Sha256Digest& beginning, FrameKind kind);

// For one thread; each call in this order, once but for Begin and Put. After an error nothing more
// is to be written.
class Writer {
 public:
  // `key`: 32 bytes, used for nothing else. Borrows the file.
  Writer(NewFile& file, SecretBytes key) : file_(file), key_(std::move(key)) {}

  Result<void> Start(const Header& header);
  // A part of `size` bytes, which Put brings.
  Result<void> Begin(std::string_view name, std::uint64_t size);
  Result<void> Put(ByteView bytes);
  // No part follows. Answers what the audit key is to sign: SignedDigest.
  Result<crypto::Sha256Digest> End();
  Result<void> Sign(ByteView signature);

 private:
  Result<void> Write(ByteView bytes);
  Result<void> WriteFrame(FrameKind kind, ByteView plaintext);

  NewFile& file_;
  const SecretBytes key_;
  crypto::Sha256Stream content_;
  crypto::Sha256Digest beginning_{};
  std::uint64_t frames_ = 0;
  std::uint64_t missing_ = 0;  // bytes of the part that has begun
};

}  // namespace kmaas::backup
