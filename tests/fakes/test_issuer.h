// An OpenID Connect issuer to order: keys of each kind, and whatever a test wants signed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kmaas::fakes {

// Keys are made once per process and algorithm. Never for production. Not thread-safe.
class TestIssuer {
 public:
  // {"keys":[...]} with one key for each of `algorithms`, called by its algorithm and "-key".
  explicit TestIssuer(std::vector<std::string> algorithms = {"ES256"});

  std::string Jwks() const;
  // The JWK of one key, as JSON.
  static std::string Jwk(const std::string& algorithm, const std::string& key_id);
  // A token over these texts, byte for byte, signed by the key for `algorithm`.
  static std::string Sign(const std::string& algorithm, std::string_view header,
                          std::string_view claims);
  // The same with the header that belongs to it.
  static std::string Token(const std::string& algorithm, std::string_view claims);

 private:
  std::vector<std::string> algorithms_;
};

}  // namespace kmaas::fakes
