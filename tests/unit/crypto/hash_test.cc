// Goal: hashes and HMACs of every algorithm are the standard's. Method: FIPS examples, Wycheproof.
#include "crypto/hash.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "tests/unit/crypto/wycheproof.h"

namespace kmaas::crypto {
namespace {

using domain::Digest;

// FIPS 180-4, example "abc".
TEST(Hash, GivesTheExamplesOfTheStandard) {
  const auto hex = [](Digest digest) { return HexEncode(Hash(digest, AsBytes("abc"))); };
  EXPECT_EQ(hex(Digest::kSha1), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex(Digest::kSha224), "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
  EXPECT_EQ(hex(Digest::kSha256),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(Digest::kSha384).substr(0, 32), "cb00753f45a35e8bb5a03d699ac65007");
  EXPECT_EQ(hex(Digest::kSha512).substr(0, 32), "ddaf35a193617abacc417349ae204131");
  EXPECT_EQ(Hash(Digest::kSha256, {}).size(), 32U);
}

TEST(Hmac, PassesWycheproof) {
  const std::pair<Digest, const char*> files[] = {{Digest::kSha224, "hmac_sha224_test.json"},
                                                  {Digest::kSha256, "hmac_sha256_test.json"},
                                                  {Digest::kSha384, "hmac_sha384_test.json"},
                                                  {Digest::kSha512, "hmac_sha512_test.json"}};
  std::size_t cases = 0;
  for (const auto& [digest, file] : files) {
    cases += ForEachCase(file, [&, d = digest](const WycheproofCase& c) {
      Bytes tag = Hmac(d, c.Hex("key"), c.Hex("msg"));
      tag.resize(c.GroupNumber("tagSize") / 8);
      EXPECT_EQ(tag == c.Hex("tag"), c.valid()) << c.Name();
    });
  }
  if (cases == 0) GTEST_SKIP() << "no vectors in " << VectorsFolder();
  EXPECT_EQ(cases, 172U + 3 * 174U);
}

TEST(Hmac, TakesAnEmptyKeyAndMessage) {
  EXPECT_EQ(HexEncode(Hmac(Digest::kSha256, {}, {})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

}  // namespace
}  // namespace kmaas::crypto
