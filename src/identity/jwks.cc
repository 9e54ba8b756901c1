#include "identity/jwks.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/encoding.h"
#include "identity/strict_json.h"

namespace kmaas::identity {
namespace {

using crypto::SignatureScheme;
using crypto::VerificationKey;
using simdjson::dom::object;

constexpr std::size_t kKeysMax = 100;

struct Algorithm {
  std::string_view name;
  SignatureScheme scheme;
};
constexpr std::array<Algorithm, 7> kAlgorithms = {{
    {"RS256", SignatureScheme::kRsaPkcs1Sha256},
    {"RS384", SignatureScheme::kRsaPkcs1Sha384},
    {"RS512", SignatureScheme::kRsaPkcs1Sha512},
    {"PS256", SignatureScheme::kRsaPssSha256},
    {"ES256", SignatureScheme::kEcdsaP256Sha256},
    {"ES384", SignatureScheme::kEcdsaP384Sha384},
    {"EdDSA", SignatureScheme::kEd25519},
}};

Error Refuse(std::string why) { return {ErrorCode::kValidation, std::move(why)}; }

bool Number(object key, std::string_view name, Bytes& bytes) {
  std::string text;
  std::string decoded;
  if (!TextMember(key, name, text) || !Base64UrlDecode(text, decoded)) return false;
  bytes = ToBytes(AsBytes(decoded));
  return true;
}

std::optional<VerificationKey> ReadKey(object key) {
  std::string type;
  std::string curve;
  Bytes x;
  Bytes y;
  if (!TextMember(key, "kty", type)) return std::nullopt;
  if (type == "RSA" && Number(key, "n", x) && Number(key, "e", y))
    return VerificationKey::FromRsa(x, y);
  if (!TextMember(key, "crv", curve) || !Number(key, "x", x)) return std::nullopt;
  if (type == "OKP" && curve == "Ed25519") return VerificationKey::FromEd25519(x);
  if (type != "EC" || (curve != "P-256" && curve != "P-384") || !Number(key, "y", y))
    return std::nullopt;
  return VerificationKey::FromEc(curve == "P-256" ? crypto::Curve::kP256 : crypto::Curve::kP384, x,
                                 y);
}

// Whether the set offers this key for signatures.
bool IsForSignatures(object key) {
  std::string use;
  if (HasMember(key, "use") && (!TextMember(key, "use", use) || use != "sig")) return false;
  if (!HasMember(key, "key_ops")) return true;
  simdjson::dom::array uses;
  if (key["key_ops"].get(uses) != simdjson::SUCCESS) return false;
  return std::any_of(uses.begin(), uses.end(), [](simdjson::dom::element one) {
    std::string_view name;
    return one.get(name) == simdjson::SUCCESS && name == "verify";
  });
}

bool IsSecret(object key) { return HasMember(key, "d") || HasMember(key, "k"); }

}  // namespace

Result<std::shared_ptr<const KeySet>> KeySet::Parse(std::string_view text) {
  simdjson::dom::parser parser;
  object document;
  simdjson::dom::array keys;
  if (text.size() > kJwksBytesMax || !ParseStrictly(parser, std::string(text), document) ||
      document["keys"].get(keys) != simdjson::SUCCESS || keys.size() > kKeysMax)
    return Refuse("is not a JSON web key set");
  auto set = std::make_shared<KeySet>();
  for (const simdjson::dom::element one : keys) {
    object key;
    std::string id;
    if (one.get(key) != simdjson::SUCCESS) return Refuse("is not a JSON web key set");
    if (IsSecret(key)) return Refuse("holds a private or symmetric key");
    if (!TextMember(key, "kid", id) || id.empty() || !IsForSignatures(key)) continue;
    std::optional<VerificationKey> read = ReadKey(key);
    if (!read) continue;
    std::string algorithm;
    if (HasMember(key, "alg") && !TextMember(key, "alg", algorithm)) continue;
    if (!set->keys_.emplace(id, Key{*std::move(read), algorithm}).second)
      return Refuse("gives one kid to two keys");
  }
  if (set->keys_.empty())
    return Refuse("has no key that can be used: RSA of 2048 bits or more, P-256, P-384, Ed25519");
  return std::shared_ptr<const KeySet>(std::move(set));
}

bool KeySet::Signed(const Jwt& token) const {
  const auto found = keys_.find(token.key_id);
  const auto* algorithm =
      std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                   [&](const Algorithm& one) { return one.name == token.algorithm; });
  if (found == keys_.end() || algorithm == kAlgorithms.end()) return false;
  const Key& key = found->second;
  if (!key.algorithm.empty() && key.algorithm != token.algorithm) return false;
  return key.key.Verify(algorithm->scheme, AsBytes(token.signed_part), token.signature);
}

}  // namespace kmaas::identity
