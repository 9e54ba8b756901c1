#include "crypto/ed25519.h"

#include <sodium.h>

#include <cstdlib>

namespace kmaas::crypto {
namespace {

static_assert(kEd25519SeedBytes == crypto_sign_SEEDBYTES);
static_assert(kEd25519PublicBytes == crypto_sign_PUBLICKEYBYTES);
static_assert(kEd25519SignatureBytes == crypto_sign_BYTES);
static_assert(kEd25519SeedBytes + kEd25519PublicBytes == crypto_sign_SECRETKEYBYTES);

// Once per process, before the first use: it chooses the fastest code for this processor.
void Begin() {
  static const int begun = sodium_init();
  if (begun < 0) std::abort();
}

void RequireKey(ByteView key) {
  if (key.size() != crypto_sign_SECRETKEYBYTES) std::abort();
  Begin();
}

bool AreWellFormed(ByteView public_key, ByteView signature) {
  Begin();
  return public_key.size() == kEd25519PublicBytes && signature.size() == kEd25519SignatureBytes;
}

crypto_sign_ed25519ph_state Hashed(ByteView message) {
  crypto_sign_ed25519ph_state state;
  crypto_sign_ed25519ph_init(&state);
  crypto_sign_ed25519ph_update(&state, message.data(), message.size());
  return state;
}

}  // namespace

SecretBytes Ed25519KeyFromSeed(ByteView seed) {
  if (seed.size() != kEd25519SeedBytes) std::abort();
  Begin();
  SecretBytes key(crypto_sign_SECRETKEYBYTES);
  Bytes public_key(kEd25519PublicBytes);
  crypto_sign_seed_keypair(public_key.data(), key.span().data(), seed.data());
  return key;
}

Bytes Ed25519PublicKey(ByteView key) {
  RequireKey(key);
  return ToBytes(key.subspan(kEd25519SeedBytes));
}

Bytes Ed25519Sign(ByteView key, ByteView message) {
  RequireKey(key);
  Bytes signature(kEd25519SignatureBytes);
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), key.data());
  return signature;
}

Bytes Ed25519phSign(ByteView key, ByteView message) {
  RequireKey(key);
  crypto_sign_ed25519ph_state state = Hashed(message);
  Bytes signature(kEd25519SignatureBytes);
  crypto_sign_ed25519ph_final_create(&state, signature.data(), nullptr, key.data());
  return signature;
}

bool Ed25519Verify(ByteView public_key, ByteView message, ByteView signature) {
  return AreWellFormed(public_key, signature) &&
         crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     public_key.data()) == 0;
}

bool Ed25519phVerify(ByteView public_key, ByteView message, ByteView signature) {
  if (!AreWellFormed(public_key, signature)) return false;
  crypto_sign_ed25519ph_state state = Hashed(message);
  return crypto_sign_ed25519ph_final_verify(&state, signature.data(), public_key.data()) == 0;
}

}  // namespace kmaas::crypto
