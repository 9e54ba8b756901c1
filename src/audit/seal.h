// A seal: what the trail was at a moment, signed by the HSM's audit key. docs/audit.md has the form
// byte for byte.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "audit/chain.h"
#include "crypto/digest.h"

namespace kmaas::audit {

enum class SealKind {
  kStart,    // a server began; nothing was appended since it looked at the trail
  kRegular,  // time passed, or records came
  kStop,     // a server ended in good order
  kRetired,  // the records first to last were removed, as the retention says
};
std::string_view SealKindName(SealKind kind);  // "start", "regular" ...

inline constexpr std::size_t kSealSignatureBytes = 64;  // ECDSA P-256: r‖s
using SealSignature = std::array<std::uint8_t, kSealSignatureBytes>;

struct Seal {
  std::uint64_t number = 0;  // from 1, no gaps
  SealKind kind = SealKind::kRegular;
  std::string time;  // "2026-11-24T15:30:05Z"
  // The records that it covers, or says are gone; first = last + 1 when there are none.
  std::uint64_t first = 1;
  std::uint64_t last = 0;
  crypto::Sha256Digest head{};         // hash of record `last`; Genesis() for 0
  crypto::Sha256Digest previous{};     // SealLineHash of the seal before it
  std::uint64_t interval_seconds = 0;  // within which the next one is promised
  std::optional<std::uint64_t> store_epoch;
  crypto::Sha256Digest key{};  // SealKeyId

  std::uint64_t count() const { return last + 1 - first; }
  bool operator==(const Seal&) const = default;
};

// One line of a file of seals.
struct SealLine {
  Seal seal;
  std::string text;  // of the seal: one JSON object, what was signed
  SealSignature signature{};
};

// SHA-256 of the key's DER SubjectPublicKeyInfo.
crypto::Sha256Digest SealKeyId(ByteView public_key);
// One JSON object in one line, members in a fixed order.
std::string RenderSeal(const Seal& seal);
// What the key signs: SHA-256 of a label of its own and the text, so that no signature over a seal
// is one over anything else.
crypto::Sha256Digest SealDigest(std::string_view text);
// {"seal":{...},"signature":"<hex>"}, without a newline.
std::string RenderSealLine(std::string_view text, const SealSignature& signature);
// SHA-256 of the line without its newline; before the first one, of a label.
crypto::Sha256Digest SealLineHash(std::string_view line);
crypto::Sha256Digest BeforeFirstSeal();

// Whether another seal should have come by `now`: the interval is over, and a minute more, which
// the token or the machine may have taken. False for what is no time in the form of a seal's.
bool IsOverdue(const Seal& seal, std::string_view now);
// From one time to another, in the form of a seal's; none of another form.
std::optional<std::int64_t> SecondsBetween(std::string_view from, std::string_view to);

// Strict: only what RenderSealLine writes, byte for byte. Says nothing about the signature.
std::optional<SealLine> ParseSealLine(std::string_view line);

}  // namespace kmaas::audit
