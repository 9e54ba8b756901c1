// AES-256-GCM and HKDF-Expand against Wycheproof and RFC 5869; every flipped bit is refused.
#include "crypto/aead.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "tests/unit/crypto/wycheproof.h"

namespace kmaas::crypto {
namespace {

Bytes Joined(const Bytes& first, const Bytes& second) {
  Bytes out = first;
  Append(out, second);
  return out;
}

struct Sample {
  Bytes key = Bytes(kAesKeyBytes, 0x11);
  Bytes nonce = Bytes(kGcmNonceBytes, 0x22);
  Bytes associated_data = ToBytes(AsBytes("header and context"));
  Bytes plaintext = ToBytes(AsBytes("a plaintext of more than one block"));

  GcmInput input() const { return {key, nonce, associated_data}; }
  Bytes Sealed() const {
    Bytes out;
    GcmSeal(input(), plaintext, out);
    return out;
  }
  bool Opens(const Bytes& sealed) const {
    SecretBytes opened;
    return GcmOpen(input(), sealed, opened);
  }
};

TEST(Gcm, OpensWhatItSealed) {
  const Sample sample;
  SecretBytes opened;
  ASSERT_TRUE(GcmOpen(sample.input(), sample.Sealed(), opened));
  EXPECT_EQ(ToBytes(opened.view()), sample.plaintext);
}

TEST(Gcm, AppendsToWhatIsThere) {
  const Sample sample;
  Bytes out = {7, 8, 9};
  GcmSeal(sample.input(), sample.plaintext, out);
  EXPECT_EQ(out, Joined({7, 8, 9}, sample.Sealed()));
}

TEST(Gcm, SealsAnEmptyPlaintextUnderEmptyAssociatedData) {
  Sample sample;
  sample.plaintext.clear();
  sample.associated_data.clear();
  EXPECT_EQ(sample.Sealed().size(), kGcmTagBytes);
  EXPECT_TRUE(sample.Opens(sample.Sealed()));
}

TEST(Gcm, RefusesEveryFlippedBitAndWipesTheOutput) {
  const Sample sample;
  const Bytes sealed = sample.Sealed();
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes altered = sealed;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    SecretBytes opened(8);
    ASSERT_FALSE(GcmOpen(sample.input(), altered, opened)) << bit;
    ASSERT_TRUE(opened.empty()) << bit;
  }
}

TEST(Gcm, RefusesEveryTruncation) {
  const Sample sample;
  const Bytes sealed = sample.Sealed();
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    ASSERT_FALSE(sample.Opens(ToBytes(ByteView(sealed).first(size)))) << size;
  }
}

TEST(Gcm, RefusesOtherAssociatedDataNonceAndKey) {
  const Sample sample;
  const Bytes sealed = sample.Sealed();
  Sample other = sample;
  other.associated_data.push_back(0);
  EXPECT_FALSE(other.Opens(sealed));
  other = sample;
  other.nonce[0] ^= 1;
  EXPECT_FALSE(other.Opens(sealed));
  other = sample;
  other.key[31] ^= 1;
  EXPECT_FALSE(other.Opens(sealed));
}

// The 256-bit keys with 96-bit nonces: all that kmaas uses.
TEST(Gcm, HoldsWycheproof) {
  std::size_t used = 0;
  const std::size_t cases = ForEachCase("aes_gcm_test.json", [&](const WycheproofCase& c) {
    if (c.GroupNumber("keySize") != 256 || c.GroupNumber("ivSize") != 96) return;
    ++used;
    const Bytes key = c.Hex("key");
    const Bytes nonce = c.Hex("iv");
    const Bytes associated_data = c.Hex("aad");
    const Bytes sealed = Joined(c.Hex("ct"), c.Hex("tag"));
    const GcmInput input{key, nonce, associated_data};
    SecretBytes opened;
    ASSERT_EQ(GcmOpen(input, sealed, opened), c.valid()) << c.Name();
    if (!c.valid()) return;
    EXPECT_EQ(ToBytes(opened.view()), c.Hex("msg")) << c.Name();
    Bytes again;
    GcmSeal(input, c.Hex("msg"), again);
    EXPECT_EQ(again, sealed) << c.Name();
  });
  if (cases == 0) GTEST_SKIP() << "no vectors in " << VectorsFolder();
  EXPECT_EQ(used, 66U);
}

TEST(GcmDeathTest, AbortsOnAKeyOrNonceOfAnotherSize) {
  Sample sample;
  sample.nonce.pop_back();
  EXPECT_DEATH((void)sample.Sealed(), "");
  Sample other;
  other.key.resize(16);
  EXPECT_DEATH((void)other.Sealed(), "");
}

// RFC 5869 appendix A, the expand step of test cases 1 to 3: PRK, info, OKM.
TEST(HkdfExpand, HoldsTheVectorsOfRfc5869) {
  const Bytes first =
      *HexDecode("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  EXPECT_EQ(HexEncode(HkdfExpand(first, *HexDecode("f0f1f2f3f4f5f6f7f8f9"), 42).view()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  const Bytes third =
      *HexDecode("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
  EXPECT_EQ(HexEncode(HkdfExpand(third, ByteView{}, 42).view()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
  Bytes info;
  for (unsigned i = 0xb0; i <= 0xff; ++i) AppendU8(info, static_cast<std::uint8_t>(i));
  const Bytes second =
      *HexDecode("06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244");
  EXPECT_EQ(
      HexEncode(HkdfExpand(second, info, 82).view()),
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e"
      "590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
}

// Extract with HMAC (RFC 5869 section 2.2), then ours.
TEST(HkdfExpand, HoldsWycheproof) {
  const std::size_t cases = ForEachCase("hkdf_sha256_test.json", [](const WycheproofCase& c) {
    if (!c.valid()) {
      EXPECT_GT(c.Number("size"), 255U * 32U) << c.Name();
      return;
    }
    const Sha256Digest prk = HmacSha256(c.Hex("salt"), c.Hex("ikm"));
    EXPECT_EQ(ToBytes(HkdfExpand(prk, c.Hex("info"), c.Number("size")).view()), c.Hex("okm"))
        << c.Name();
  });
  if (cases == 0) GTEST_SKIP() << "no vectors in " << VectorsFolder();
  EXPECT_EQ(cases, 86U);
}

TEST(HkdfExpand, ReachesTheLongestOutputAndBeginsAlikeForEverySize) {
  const Bytes key(32, 0x33);
  const SecretBytes longest = HkdfExpand(key, AsBytes("info"), std::size_t{255} * 32);
  for (const std::size_t size : {0U, 1U, 31U, 32U, 33U, 64U, 65U}) {
    EXPECT_EQ(ToBytes(HkdfExpand(key, AsBytes("info"), size).view()),
              ToBytes(longest.view().first(size)));
  }
}

TEST(HkdfExpandDeathTest, AbortsBeyondTheLongestOutput) {
  EXPECT_DEATH((void)HkdfExpand(Bytes(32, 0), ByteView{}, std::size_t{255} * 32 + 1), "");
}

TEST(ProcessRandom, HandsNothingOutTwice) {
  std::set<Bytes> seen;
  for (int i = 0; i < 1000; ++i) {
    Bytes taken(static_cast<std::size_t>(16 + i % 60));
    ProcessRandom(taken);
    taken.resize(16);
    EXPECT_TRUE(seen.insert(taken).second) << i;
  }
}

TEST(ProcessRandom, GivesEachThreadItsOwn) {
  std::vector<Bytes> taken(4, Bytes(32));
  std::vector<std::thread> threads;
  for (Bytes& bytes : taken) threads.emplace_back([&bytes] { ProcessRandom(bytes); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<Bytes>(taken.begin(), taken.end()).size(), taken.size());
}

TEST(ProcessRandom, FillsNothingWithoutComplaint) {
  Bytes none;
  ProcessRandom(none);
  EXPECT_TRUE(none.empty());
}

TEST(ProcessRandom, DiffersEachTime) {
  Bytes first(32);
  Bytes second(32);
  ProcessRandom(first);
  ProcessRandom(second);
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace kmaas::crypto
