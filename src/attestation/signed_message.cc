#include "attestation/signed_message.h"

#include "attestation/cbor_reader.h"
#include "crypto/der.h"
#include "crypto/hash.h"
#include "crypto/public_key.h"

namespace kmaas::attestation {
namespace {

constexpr std::uint64_t kSign1Tag = 18;  // RFC 9052 section 2
constexpr std::size_t kSign1Items = 4;
constexpr std::int64_t kAlgorithmLabel = 1;
constexpr std::int64_t kEs384 = -35;
constexpr std::size_t kSignatureBytes = 96;

bool SaysEs384(ByteView protected_header) {
  CborReader header(protected_header);
  const auto pairs = header.TakeMap();
  return pairs && pairs->left == 1 && header.TakeInteger() == kAlgorithmLabel &&
         header.TakeInteger() == kEs384 && header.done();
}

// The head of a byte string in its shortest form (RFC 8949 section 4.2.1); lengths are below 2^32.
void AppendBytesHead(Bytes& out, std::size_t size) {
  constexpr std::uint8_t kInHead = 0x40;
  constexpr std::uint8_t kInOneByte = 0x58;
  constexpr std::uint8_t kInTwoBytes = 0x59;
  constexpr std::uint8_t kInFourBytes = 0x5a;
  if (size < 24) {
    AppendU8(out, static_cast<std::uint8_t>(kInHead + size));
  } else if (size <= 0xff) {
    AppendU8(out, kInOneByte);
    AppendU8(out, static_cast<std::uint8_t>(size));
  } else if (size <= 0xffff) {
    AppendU8(out, kInTwoBytes);
    AppendU16(out, static_cast<std::uint16_t>(size));
  } else {
    AppendU8(out, kInFourBytes);
    AppendU32(out, static_cast<std::uint32_t>(size));
  }
}

// Sig_structure (RFC 9052 section 4.4), without external data.
Bytes SignedBytes(const SignedMessage& message) {
  constexpr std::uint8_t kArrayOfFour = 0x84;
  constexpr std::string_view kContext = "\x6aSignature1";
  Bytes out;
  out.reserve(message.protected_header.size() + message.payload.size() + 32);
  AppendU8(out, kArrayOfFour);
  Append(out, kContext);
  AppendBytesHead(out, message.protected_header.size());
  Append(out, message.protected_header);
  AppendBytesHead(out, 0);
  AppendBytesHead(out, message.payload.size());
  Append(out, message.payload);
  return out;
}

}  // namespace

std::optional<SignedMessage> SignedMessage::Parse(ByteView message) {
  CborReader reader(message);
  static_cast<void>(reader.TakeTag(kSign1Tag));
  const auto items = reader.TakeArray();
  if (!items || items->left != kSign1Items) return std::nullopt;
  const auto protected_header = reader.TakeBytes();
  const auto unprotected = reader.TakeMap();
  if (!protected_header || !SaysEs384(*protected_header) || !unprotected || unprotected->left != 0)
    return std::nullopt;
  const auto payload = reader.TakeBytes();
  const auto signature = reader.TakeBytes();
  if (!payload || !signature || signature->size() != kSignatureBytes || !reader.done())
    return std::nullopt;
  return SignedMessage{*protected_header, *payload, *signature};
}

bool SignedMessage::IsSignedBy(ByteView key) const {
  const auto public_key = crypto::PublicKey::Parse(domain::KeySpec::kEccNistP384, key);
  return public_key && public_key->Verify(domain::SigningAlgorithm::kEcdsaSha384,
                                          crypto::Hash(domain::Digest::kSha384, SignedBytes(*this)),
                                          crypto::EcdsaSignatureToDer(signature));
}

}  // namespace kmaas::attestation
