#include "crypto/ed25519_prehash.h"

#include <sodium.h>

#include <cstdlib>

namespace kmaas::crypto {
namespace {

static_assert(crypto_sign_ed25519_SEEDBYTES == kEd25519KeyBytes);
static_assert(crypto_sign_ed25519_PUBLICKEYBYTES == kEd25519KeyBytes);
static_assert(crypto_sign_ed25519_BYTES == kEd25519SignatureBytes);

void Require(bool ok) {
  if (!ok) std::abort();
}

crypto_sign_ed25519ph_state StateOf(ByteView message) {
  static const int ready = sodium_init();  // 1: by somebody else
  Require(ready >= 0);
  crypto_sign_ed25519ph_state state;
  Require(crypto_sign_ed25519ph_init(&state) == 0 &&
          crypto_sign_ed25519ph_update(&state, message.data(), message.size()) == 0);
  return state;
}

}  // namespace

std::array<std::uint8_t, kEd25519SignatureBytes> SignEd25519Prehash(ByteView seed,
                                                                    ByteView message) {
  Require(seed.size() == kEd25519KeyBytes);
  auto state = StateOf(message);
  std::array<std::uint8_t, kEd25519KeyBytes> public_key;
  SecretBytes secret_key(crypto_sign_ed25519_SECRETKEYBYTES);
  std::array<std::uint8_t, kEd25519SignatureBytes> signature;
  Require(crypto_sign_ed25519_seed_keypair(public_key.data(), secret_key.span().data(),
                                           seed.data()) == 0 &&
          crypto_sign_ed25519ph_final_create(&state, signature.data(), nullptr,
                                             secret_key.view().data()) == 0);
  return signature;
}

bool VerifyEd25519Prehash(ByteView public_key, ByteView message, ByteView signature) {
  if (public_key.size() != kEd25519KeyBytes || signature.size() != kEd25519SignatureBytes)
    return false;
  auto state = StateOf(message);
  return crypto_sign_ed25519ph_final_verify(&state, signature.data(), public_key.data()) == 0;
}

}  // namespace kmaas::crypto
