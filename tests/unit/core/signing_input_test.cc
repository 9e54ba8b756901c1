#include "core/signing_input.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/hash.h"

namespace kmaas::core {
namespace {

using domain::MessageType;
using domain::SigningAlgorithm;

TEST(SigningInput, HashesARawMessage) {
  const auto input =
      SigningInput(SigningAlgorithm::kEcdsaSha384, MessageType::kRaw, AsBytes("message"));
  ASSERT_TRUE(input);
  EXPECT_EQ(*input, crypto::Hash(domain::Digest::kSha384, AsBytes("message")));
}

TEST(SigningInput, TakesADigestOfTheRightLengthAsItIs) {
  for (std::size_t i = 0; i < domain::kCount<SigningAlgorithm>; ++i) {
    const auto algorithm = static_cast<SigningAlgorithm>(i);
    if (!Takes(algorithm, MessageType::kDigest)) continue;
    const Bytes digest(SizeOf(FactsOf(algorithm).digest), 7);
    const auto input = SigningInput(algorithm, MessageType::kDigest, digest);
    ASSERT_TRUE(input);
    EXPECT_EQ(*input, digest);
    for (const std::size_t length : {digest.size() - 1, digest.size() + 1}) {
      const auto refused = SigningInput(algorithm, MessageType::kDigest, Bytes(length));
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, ErrorCode::kValidation);
      EXPECT_EQ(refused.error().message,
                "Digest is invalid length for algorithm " + std::string(ToText(algorithm)) + ".");
    }
  }
}

TEST(SigningInput, LeavesTheMessageOfEd25519Whole) {
  const auto input =
      SigningInput(SigningAlgorithm::kEd25519Sha512, MessageType::kRaw, AsBytes("message"));
  ASSERT_TRUE(input);
  EXPECT_EQ(AsText(*input), "message");
}

TEST(SigningInput, RefusesTheFormsThatAnAlgorithmDoesNotTake) {
  const Bytes digest(64, 7);
  for (const auto& [algorithm, type] :
       {std::pair{SigningAlgorithm::kEd25519Sha512, MessageType::kDigest},
        std::pair{SigningAlgorithm::kEd25519PhSha512, MessageType::kRaw}}) {
    const auto refused = SigningInput(algorithm, type, digest);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kValidation);
  }
}

}  // namespace
}  // namespace kmaas::core
