#include "backup/writer.h"

#include <algorithm>

#include "crypto/aead.h"

namespace kmaas::backup {
namespace {

Error WrongSize() {
  return {ErrorCode::kKmsInternal, "", "backup: a part is not as long as it was said to be"};
}

}  // namespace

Bytes FrameNonce(std::uint64_t number) {
  Bytes nonce(crypto::kGcmNonceBytes - sizeof(number), 0);
  AppendU64(nonce, number);
  return nonce;
}

Bytes FrameAssociated(const crypto::Sha256Digest& beginning, FrameKind kind) {
  Bytes associated(beginning.begin(), beginning.end());
  AppendU8(associated, static_cast<std::uint8_t>(kind));
  return associated;
}

Result<void> Writer::Write(ByteView bytes) {
  content_.Update(bytes);
  return file_.Write(bytes);
}

Result<void> Writer::Start(const Header& header) {
  const Bytes encoded = EncodeHeader(header);
  if (encoded.size() > kHeaderBytesMax)
    return Error{ErrorCode::kKmsInternal, "", "backup: the header is too long"};
  Bytes beginning;
  Append(beginning, kMagic);
  AppendField(beginning, encoded);
  beginning_ = crypto::Sha256(beginning);
  return Write(beginning);
}

Result<void> Writer::WriteFrame(FrameKind kind, ByteView plaintext) {
  const Bytes nonce = FrameNonce(frames_++);
  const Bytes associated = FrameAssociated(beginning_, kind);
  Bytes frame;
  frame.reserve(plaintext.size() + crypto::kGcmTagBytes + sizeof(std::uint32_t) + 1);
  AppendU8(frame, static_cast<std::uint8_t>(kind));
  AppendU32(frame, static_cast<std::uint32_t>(plaintext.size() + crypto::kGcmTagBytes));
  crypto::GcmSeal({key_.view(), nonce, associated}, plaintext, frame);
  return Write(frame);
}

Result<void> Writer::Begin(std::string_view name, std::uint64_t size) {
  if (missing_ != 0) return WrongSize();
  missing_ = size;
  Bytes part;
  AppendField(part, name);
  AppendU64(part, size);
  return WriteFrame(FrameKind::kPart, part);
}

Result<void> Writer::Put(ByteView bytes) {
  if (bytes.size() > missing_) return WrongSize();
  missing_ -= bytes.size();
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kFrameBytesMax);
    KM_CHECK(WriteFrame(FrameKind::kBytes, bytes.first(size)));
    bytes = bytes.subspan(size);
  }
  return {};
}

Result<crypto::Sha256Digest> Writer::End() {
  if (missing_ != 0) return WrongSize();
  KM_CHECK(WriteFrame(FrameKind::kEnd, {}));
  return SignedDigest(content_.Finish());
}

Result<void> Writer::Sign(ByteView signature) {
  if (signature.size() != kSignatureBytes)
    return Error{ErrorCode::kKmsInternal, "", "backup: the token's signature has a wrong length"};
  return file_.Write(signature);
}

}  // namespace kmaas::backup
