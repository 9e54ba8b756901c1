#include "identity/consent_key.h"

#include <algorithm>

#include "crypto/digest.h"

namespace kmaas::identity {
namespace {

constexpr std::string_view kKeyPrefix = "KMAAS4";

SecretBytes Step(const SecretBytes& key, std::string_view name) {
  crypto::Sha256Digest tag = crypto::HmacSha256(key.view(), AsBytes(name));
  SecretBytes next{ByteView(tag)};
  WipeMemory(tag);
  return next;
}

}  // namespace

SecretBytes ConsentKey(const SecretBytes& secret, std::string_view day, std::string_view matter) {
  SecretBytes key(kKeyPrefix.size() + secret.size());
  std::ranges::copy(AsBytes(kKeyPrefix), key.span().begin());
  std::ranges::copy(secret.view(), key.span().begin() + kKeyPrefix.size());
  for (const std::string_view name :
       {day, matter, std::string_view("kmaas"), std::string_view("kmaas_consent")})
    key = Step(key, name);
  return key;
}

}  // namespace kmaas::identity
