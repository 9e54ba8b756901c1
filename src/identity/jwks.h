// The keys of an issuer: a JSON web key set (RFC 7517), and signatures by them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/verification_key.h"
#include "identity/jwt.h"

namespace kmaas::identity {

inline constexpr std::size_t kJwksBytesMax = std::size_t{256} << 10U;

// Immutable and thread-safe.
class KeySet {
 public:
  // Public keys for signatures that name themselves: RSA from 2048 bits, EC on P-256 and P-384,
  // Ed25519. Others are passed over, as RFC 7517 section 5 wants it. kValidation for what is no key
  // set, holds a private or symmetric key, gives one name to two keys, or leaves none.
  static Result<std::shared_ptr<const KeySet>> Parse(std::string_view text);

  // Whether the key that the token names signed it, by an algorithm of that kind of key: RS256,
  // RS384, RS512, PS256, ES256, ES384 or EdDSA.
  [[nodiscard]] bool Signed(const Jwt& token) const;
  bool Knows(std::string_view key_id) const { return keys_.find(key_id) != keys_.end(); }
  std::size_t size() const { return keys_.size(); }

 private:
  struct Key {
    crypto::VerificationKey key;
    std::string algorithm;  // the only one, when the set says so
  };
  std::map<std::string, Key, std::less<>> keys_;
};

}  // namespace kmaas::identity
