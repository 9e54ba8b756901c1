// Known-answer probes.
#include "hsm/known_answers.h"

#include <algorithm>
#include <array>

#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "crypto/key_wrap.h"
#include "hsm/errors.h"
#include "hsm/key_templates.h"
#include "hsm/mechanisms.h"
#include "hsm/private_operations.h"
#include "hsm/scoped_object.h"

namespace kmaas::hsm {
namespace {

constexpr std::string_view kProbeInput = "kmaas known answer";

// Not secrets: the same everywhere, and nothing real is ever protected by them.
Bytes KnownKey(std::uint8_t first, std::size_t size) {
  Bytes key(size);
  for (std::size_t i = 0; i < size; ++i) key[i] = static_cast<std::uint8_t>(first + i);
  return key;
}

// WRAP_WITH_TRUSTED is off, so that the throw-away wrapping key, which nobody trusts, may wrap it.
AttributeList KnownMacKey(ByteView value) {
  return {Number(CKA_CLASS, CKO_SECRET_KEY),
          Number(CKA_KEY_TYPE, CKK_GENERIC_SECRET),
          IsNot(CKA_TOKEN),
          Is(CKA_PRIVATE),
          Is(CKA_SENSITIVE),
          Is(CKA_EXTRACTABLE),
          Is(CKA_SIGN),
          Raw(CKA_VALUE, value)};
}

AttributeList KnownWrappingKey(ByteView value) {
  return {Number(CKA_CLASS, CKO_SECRET_KEY),
          Number(CKA_KEY_TYPE, CKK_AES),
          IsNot(CKA_TOKEN),
          Is(CKA_PRIVATE),
          Is(CKA_SENSITIVE),
          IsNot(CKA_EXTRACTABLE),
          IsNot(CKA_ENCRYPT),
          IsNot(CKA_DECRYPT),
          Is(CKA_WRAP),
          Is(CKA_UNWRAP),
          Raw(CKA_VALUE, value)};
}

AttributeList UnwrappedMacKey() {
  return {Number(CKA_CLASS, CKO_SECRET_KEY),
          Number(CKA_KEY_TYPE, CKK_GENERIC_SECRET),
          IsNot(CKA_TOKEN),
          Is(CKA_PRIVATE),
          Is(CKA_SENSITIVE),
          IsNot(CKA_EXTRACTABLE),
          Is(CKA_SIGN)};
}

Error WrongAnswer(const char* what) {
  return {ErrorCode::kKmsInternal, std::string("The token gives a wrong answer: ") + what + ".",
          what};
}

Result<void> ExpectMac(const Session& session, ObjectHandle key, ByteView value) {
  std::array<std::uint8_t, kMacBytes> tag{};
  if (const Rv rv = Mac(session, key, AsBytes(kProbeInput), tag); !rv.ok())
    return SetupError(rv, "The token makes no HMAC-SHA-256");
  if (!crypto::ConstantTimeEqual(tag, crypto::HmacSha256(value, AsBytes(kProbeInput))))
    return WrongAnswer("HMAC-SHA-256");
  return {};
}

Result<void> TryWrap(const Session& session, CK_MECHANISM_TYPE mechanism) {
  const Bytes wrapping_value = KnownKey(0x40, 32);
  const Bytes value = KnownKey(0x80, kMacKeyBytes);
  ScopedObject wrapping(session);
  ScopedObject key(session);
  ScopedObject unwrapped(session);
  Rv rv = session.Create(Template(KnownWrappingKey(wrapping_value)), wrapping.handle);
  if (rv.ok()) rv = session.Create(Template(KnownMacKey(value)), key.handle);
  Bytes blob;
  if (rv.ok()) rv = session.Wrap(mechanism, wrapping.handle, key.handle, blob);
  if (!rv.ok()) return SetupError(rv, "The token does not wrap");
  const auto opened = crypto::KeyWrapPadOpen(wrapping_value, blob);
  if (!opened || !crypto::ConstantTimeEqual(opened->view(), value))
    return WrongAnswer("key wrapping is not RFC 5649");
  rv = session.Unwrap(mechanism, wrapping.handle, blob, Template(UnwrappedMacKey()),
                      unwrapped.handle);
  if (!rv.ok()) return SetupError(rv, "The token does not unwrap");
  return ExpectMac(session, unwrapped.handle, value);
}

bool AllZero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

Rv Mac(const Session& session, ObjectHandle key, ByteView input, MutableByteView out) {
  return MakeHmac(session, CKM_SHA256_HMAC, key, input, out);
}

Result<void> ProbeMac(const Session& session) {
  const Bytes value = KnownKey(0x10, kMacKeyBytes);
  ScopedObject key(session);
  if (const Rv rv = session.Create(Template(KnownMacKey(value)), key.handle); !rv.ok())
    return SetupError(rv, "The token takes no key for a known-answer test");
  return ExpectMac(session, key.handle, value);
}

Result<void> ProbeRandom(const Session& session) {
  std::array<std::uint8_t, 32> first{};
  std::array<std::uint8_t, 32> second{};
  Rv rv = session.Random(first);
  if (rv.ok()) rv = session.Random(second);
  if (!rv.ok()) return SetupError(rv, "The token gives no random bytes");
  if (first == second || AllZero(first)) return WrongAnswer("random bytes repeat");
  return {};
}

Result<WrapMethod> ProbeWrap(const Session& session, const TokenProfile& profile) {
  Error last{ErrorCode::kKmsInternal, "The token has no way to wrap keys.", "no wrap method"};
  for (const WrapMethod& method : profile.wrap_methods) {
    auto tried = TryWrap(session, method.mechanism);
    if (tried) return method;
    last = std::move(tried).error();
    last.message += " Mechanism: " + MechanismName(method.mechanism) + ".";
  }
  return last;
}

Result<void> ProbeAuditKey(const Session& session, ObjectHandle key, ByteView public_key) {
  const crypto::Sha256Digest digest = crypto::Sha256(AsBytes(kProbeInput));
  std::array<std::uint8_t, crypto::kP256SignatureBytes> signature{};
  std::size_t written = 0;
  const Rv rv = session.Sign(CKM_ECDSA, key, digest, signature, written);
  if (!rv.ok()) return SetupError(rv, "The audit key does not sign");
  if (written != signature.size() || !crypto::VerifyP256(public_key, digest, signature))
    return WrongAnswer("the audit key's signature does not verify under its public key");
  return {};
}

}  // namespace kmaas::hsm
