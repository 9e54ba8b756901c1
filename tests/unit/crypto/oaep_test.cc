// Goal: what the raw private operation gives is decoded as OAEP, and refused whatever bit of it is
// wrong. Method: the encoding of RFC 8017 written out; Wycheproof, by the raw operation of OpenSSL.
#include "crypto/oaep.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "tests/unit/crypto/wycheproof.h"

namespace kmaas::crypto {
namespace {

using domain::Digest;

void Mask(Digest digest, ByteView seed, MutableByteView masked) {
  for (std::size_t at = 0, counter = 0; at < masked.size(); ++counter) {
    Bytes input = ToBytes(seed);
    AppendU32(input, static_cast<std::uint32_t>(counter));
    for (const std::uint8_t byte : Hash(digest, input))
      if (at < masked.size()) masked[at++] ^= byte;
  }
}

// EME-OAEP, RFC 8017 section 7.1.1 step 2.
Bytes Encoded(Digest digest, ByteView message, std::size_t size, ByteView label = {}) {
  const std::size_t hash_bytes = SizeOf(digest);
  Bytes block = Hash(digest, label);
  block.resize(size - hash_bytes - 2 - message.size());
  block.push_back(1);
  Append(block, message);
  Bytes seed(hash_bytes, 0x3c);
  Mask(digest, seed, block);
  Mask(digest, block, seed);
  Bytes encoded = {0};
  Append(encoded, seed);
  Append(encoded, block);
  return encoded;
}

TEST(Oaep, DecodesEveryLength) {
  for (const Digest digest : {Digest::kSha1, Digest::kSha256}) {
    const std::size_t longest = 256 - 2 * SizeOf(digest) - 2;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, longest - 1, longest}) {
      const Bytes message(size, 0x6d);
      const auto decoded = OaepDecode(digest, Encoded(digest, message, 256));
      ASSERT_TRUE(decoded) << size;
      EXPECT_EQ(ToBytes(decoded->view()), message);
    }
  }
}

TEST(Oaep, RefusesEveryChangedByte) {
  const Bytes good = Encoded(Digest::kSha256, AsBytes("message"), 256);
  for (std::size_t at = 0; at < good.size(); ++at) {
    Bytes bad = good;
    bad[at] ^= 0x80U;
    EXPECT_FALSE(OaepDecode(Digest::kSha256, bad)) << at;
  }
}

TEST(Oaep, RefusesAnotherHashLabelOrLength) {
  const Bytes message = ToBytes(AsBytes("message"));
  EXPECT_FALSE(OaepDecode(Digest::kSha1, Encoded(Digest::kSha256, message, 256)));
  EXPECT_FALSE(
      OaepDecode(Digest::kSha256, Encoded(Digest::kSha256, message, 256, AsBytes("label"))));
  EXPECT_FALSE(OaepDecode(Digest::kSha256, Bytes(65)));
  EXPECT_FALSE(OaepDecode(Digest::kSha256, Bytes()));
  EXPECT_FALSE(OaepDecode(Digest::kSha256, Bytes(256)));
}

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// The raw operation, as a token does it; nothing for a ciphertext that is no number below the
// modulus.
std::optional<Bytes> Raw(EVP_PKEY* key, ByteView ciphertext) {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new(key, nullptr), &EVP_PKEY_CTX_free);
  Bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
  std::size_t size = out.size();
  if (ciphertext.size() != out.size() || EVP_PKEY_decrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1 ||
      EVP_PKEY_decrypt(context.get(), out.data(), &size, ciphertext.data(), ciphertext.size()) != 1)
    return std::nullopt;
  return out;
}

TEST(Oaep, DecodesAsWycheproofWants) {
  std::size_t cases = 0;
  for (const auto& [file, digest] :
       {std::pair("rsa_oaep_2048_sha1_mgf1sha1_test.json", Digest::kSha1),
        std::pair("rsa_oaep_2048_sha256_mgf1sha256_test.json", Digest::kSha256),
        std::pair("rsa_oaep_3072_sha256_mgf1sha256_test.json", Digest::kSha256),
        std::pair("rsa_oaep_4096_sha256_mgf1sha256_test.json", Digest::kSha256)}) {
    cases += ForEachCase(file, [&, digest = digest](const WycheproofCase& c) {
      const Bytes pkcs8 =
          HexDecode(std::string_view(c.group["privateKeyPkcs8"].get_string())).value();
      const unsigned char* at = pkcs8.data();
      const Key key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(pkcs8.size())),
                    &EVP_PKEY_free);
      ASSERT_NE(key, nullptr);
      const auto raw = Raw(key.get(), c.Hex("ct"));
      const auto decoded = raw ? OaepDecode(digest, *raw) : std::nullopt;
      // There are no labels here.
      EXPECT_EQ(decoded.has_value(), c.valid() && c.Hex("label").empty()) << c.Name();
      EXPECT_TRUE(!decoded || ToBytes(decoded->view()) == c.Hex("msg")) << c.Name();
    });
  }
  if (cases == 0) GTEST_SKIP() << "no vectors";
}

}  // namespace
}  // namespace kmaas::crypto
