// Goal: what is wrapped opens again, and nothing opens that RFC 5649 did not wrap.
#include "crypto/key_wrap.h"

#include <gtest/gtest.h>

#include "tests/unit/crypto/wycheproof.h"

namespace kmaas::crypto {
namespace {

constexpr std::size_t kKeyBits = 256;

TEST(KeyWrap, OpensAsWycheproofWants) {
  std::size_t opened = 0;
  const std::size_t cases = ForEachCase("aes_kwp_test.json", [&](const WycheproofCase& c) {
    const auto plaintext = KeyWrapPadOpen(c.Hex("key"), c.Hex("ct"));
    // Only AES-256 wraps here.
    EXPECT_EQ(plaintext.has_value(), c.valid() && c.GroupNumber("keySize") == kKeyBits) << c.Name();
    if (!plaintext) return;
    ++opened;
    EXPECT_EQ(ToBytes(plaintext->view()), c.Hex("msg")) << c.Name();
    EXPECT_EQ(KeyWrapPad(c.Hex("key"), c.Hex("msg")), c.Hex("ct")) << c.Name();
  });
  if (cases == 0) GTEST_SKIP() << "no vectors";
  EXPECT_EQ(cases, 254U);
  EXPECT_GT(opened, 20U);
}

TEST(KeyWrap, OpensNothingThatIsChangedOrUnderAnotherKey) {
  const Bytes key(32, 1);
  const Bytes plaintext(20, 2);
  const Bytes blob = KeyWrapPad(key, plaintext);
  EXPECT_EQ(blob.size(), 32U);
  EXPECT_EQ(ToBytes(KeyWrapPadOpen(key, blob)->view()), plaintext);
  EXPECT_FALSE(KeyWrapPadOpen(Bytes(32, 3), blob));
  for (std::size_t i = 0; i < blob.size(); ++i) {
    Bytes changed = blob;
    changed[i] ^= 1U;
    EXPECT_FALSE(KeyWrapPadOpen(key, changed)) << i;
    EXPECT_FALSE(KeyWrapPadOpen(key, ByteView(blob).first(i))) << i;
  }
}

}  // namespace
}  // namespace kmaas::crypto
