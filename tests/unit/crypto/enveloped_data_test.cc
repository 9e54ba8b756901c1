#include "crypto/enveloped_data.h"

#include <gtest/gtest.h>

#include "tests/fakes/attestation_issuer.h"

namespace kmaas::crypto {
namespace {

TEST(EnvelopedData, IsOpenedByItsRecipientAlone) {
  const fakes::AttestedRecipient recipient;
  const fakes::AttestedRecipient other;
  for (const std::size_t size : {0U, 1U, 15U, 16U, 4096U}) {
    const Bytes content(size, 0x0a);  // line feeds stay as they are
    const auto sealed = Envelop(recipient.public_key(), content);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(recipient.Open(*sealed), content);
    EXPECT_FALSE(other.Open(*sealed));
  }
}

TEST(EnvelopedData, IsNeverTheSame) {
  const fakes::AttestedRecipient recipient;
  EXPECT_NE(Envelop(recipient.public_key(), AsBytes("x")),
            Envelop(recipient.public_key(), AsBytes("x")));
}

TEST(EnvelopedData, IsForRsaKeysOfThreeSizes) {
  EXPECT_TRUE(Envelop(fakes::AttestedRecipient(3072).public_key(), AsBytes("x")));
  EXPECT_TRUE(Envelop(fakes::AttestedRecipient(4096).public_key(), AsBytes("x")));
  EXPECT_FALSE(Envelop(fakes::AttestedRecipient(1024).public_key(), AsBytes("x")));
  EXPECT_FALSE(Envelop({}, AsBytes("x")));
  Bytes longer = fakes::AttestedRecipient().public_key();
  longer.push_back(0);
  EXPECT_FALSE(Envelop(longer, AsBytes("x")));
}

}  // namespace
}  // namespace kmaas::crypto
