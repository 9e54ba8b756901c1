// SHA-256 and HMAC-SHA-256 against FIPS 180-4, RFC 4231 and Wycheproof.
#include "crypto/digest.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/encoding.h"
#include "tests/unit/crypto/wycheproof.h"

namespace kmaas::crypto {
namespace {

// Examples of FIPS 180-4 as published with the standard.
TEST(Sha256, HoldsTheExamplesOfTheStandard) {
  EXPECT_EQ(HexEncode(Sha256(AsBytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HexEncode(Sha256(ByteView{})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HexEncode(Sha256(AsBytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(HexEncode(Sha256(Bytes(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Stream, AgreesWithTheWholeForEveryCut) {
  const Bytes message(200, 0x5c);
  const Sha256Digest whole = Sha256(message);
  for (std::size_t cut = 0; cut <= message.size(); ++cut) {
    Sha256Stream stream;
    stream.Update(ByteView(message).first(cut));
    stream.Update(ByteView(message).subspan(cut));
    ASSERT_EQ(stream.Finish(), whole) << cut;
  }
}

struct HmacVector {
  std::string key;   // hex
  std::string data;  // hex
  std::string tag;   // hex
};

std::string Repeat(const std::string& hex, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += hex;
  return out;
}

// RFC 4231 section 4, test cases 1 to 4, 6 and 7 (5 is about truncation).
TEST(HmacSha256, HoldsTheVectorsOfRfc4231) {
  const std::string long_key = Repeat("aa", 131);
  const HmacVector vectors[] = {
      {Repeat("0b", 20), HexEncode(AsBytes("Hi There")),
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {HexEncode(AsBytes("Jefe")), HexEncode(AsBytes("what do ya want for nothing?")),
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {Repeat("aa", 20), Repeat("dd", 50),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {"0102030405060708090a0b0c0d0e0f10111213141516171819", Repeat("cd", 50),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {long_key, HexEncode(AsBytes("Test Using Larger Than Block-Size Key - Hash Key First")),
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {long_key,
       HexEncode(
           AsBytes("This is a test using a larger than block-size key and a larger than "
                   "block-size data. The key needs to be hashed before being used by the HMAC "
                   "algorithm.")),
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"}};
  for (const HmacVector& vector : vectors) {
    EXPECT_EQ(HexEncode(HmacSha256(*HexDecode(vector.key), *HexDecode(vector.data))), vector.tag);
  }
}

TEST(HmacSha256, HoldsWycheproof) {
  const std::size_t cases = ForEachCase("hmac_sha256_test.json", [](const WycheproofCase& c) {
    const Sha256Digest tag = HmacSha256(c.Hex("key"), c.Hex("msg"));
    const ByteView truncated = ByteView(tag).first(c.GroupNumber("tagSize") / 8);
    EXPECT_EQ(ConstantTimeEqual(truncated, c.Hex("tag")), c.valid()) << c.Name();
  });
  if (cases == 0) GTEST_SKIP() << "no vectors in " << VectorsFolder();
  EXPECT_EQ(cases, 174U);
}

TEST(HmacSha256Key, GivesTheSameTagEachTimeAndFromEachThread) {
  const HmacSha256Key key(AsBytes("a key"));
  const Sha256Digest expected = HmacSha256(AsBytes("a key"), AsBytes("data"));
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 500; ++n) wrong += key.Tag(AsBytes("data")) == expected ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(HmacSha256Key, TakesAnEmptyKeyAndAnEmptyMessage) {
  EXPECT_EQ(HexEncode(HmacSha256(ByteView{}, ByteView{})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(ConstantTimeEqual, ComparesLengthAndEveryByte) {
  const Bytes bytes = {1, 2, 3};
  EXPECT_TRUE(ConstantTimeEqual(bytes, bytes));
  EXPECT_TRUE(ConstantTimeEqual(ByteView{}, ByteView{}));
  EXPECT_FALSE(ConstantTimeEqual(bytes, ByteView(bytes).first(2)));
  EXPECT_FALSE(ConstantTimeEqual(ByteView(bytes).first(2), bytes));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes other = bytes;
    other[i] ^= 0x80;
    EXPECT_FALSE(ConstantTimeEqual(bytes, other)) << i;
  }
}

}  // namespace
}  // namespace kmaas::crypto
