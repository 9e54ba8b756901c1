// The test vectors of docs/ciphertext-format.md, and what a blob is bound to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "base/encoding.h"
#include "core/message_cipher.h"
#include "crypto/digest.h"
#include "tests/fakes/refusing_engine.h"
#include "tests/fakes/seeded_random.h"

namespace kmaas::core {
namespace {

// A backing key that the test knows; everything else is refused.
class KnownKeyEngine final : public fakes::RefusingEngine {
 public:
  explicit KnownKeyEngine(Bytes key) : key_(std::move(key)) {}
  Result<SecretBytes> DeriveMessageKey(const domain::KeyMaterial& /*material*/, ByteView input,
                                       Deadline /*deadline*/) override {
    return SecretBytes(ByteView(crypto::HmacSha256(key_, input)));
  }

 private:
  Bytes key_;
};

// Its token spoils each answer that nobody checks.
class SpoiltTriesEngine final : public fakes::RefusingEngine {
 public:
  explicit SpoiltTriesEngine(ports::CryptoEngine& engine) : engine_(engine) {}
  Result<SecretBytes> TryMessageKey(const domain::KeyMaterial& material, ByteView input,
                                    Deadline deadline) override {
    KM_TRY(SecretBytes key, engine_.DeriveMessageKey(material, input, deadline));
    key.span()[0] ^= 1U;
    return key;
  }
  Result<SecretBytes> DeriveMessageKey(const domain::KeyMaterial& material, ByteView input,
                                       Deadline deadline) override {
    return engine_.DeriveMessageKey(material, input, deadline);
  }

 private:
  ports::CryptoEngine& engine_;
};

// Gives out the nonce of the vector.
class FixedRandom final : public ports::RandomSource {
 public:
  explicit FixedRandom(Bytes bytes) : bytes_(std::move(bytes)) {}
  void Fill(MutableByteView out) override { std::copy_n(bytes_.begin(), out.size(), out.begin()); }

 private:
  Bytes bytes_;
};

using Vector = std::map<std::string, std::string>;

// "- backing key: `00…`" lines; a heading "### …" begins the next vector.
std::vector<Vector> ReadVectors() {
  std::ifstream page(std::string(KMAAS_SOURCE_DIR) + "/docs/ciphertext-format.md");
  std::vector<Vector> vectors;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("### ")) vectors.emplace_back();
    const std::size_t colon = line.find(": `");
    if (!line.starts_with("- ") || colon == std::string::npos || vectors.empty()) continue;
    vectors.back()[line.substr(2, colon - 2)] = line.substr(colon + 3, line.rfind('`') - colon - 3);
  }
  return vectors;
}

Bytes Hex(const Vector& vector, const std::string& name) { return *HexDecode(vector.at(name)); }

domain::KeyMaterial MaterialOf(const Vector& vector) {
  domain::KeyMaterial material;
  material.id = *domain::MaterialId::Parse(vector.at("material id"));
  material.key_id = *domain::KeyId::Parse(vector.at("key id"));
  return material;
}

domain::EncryptionContext ContextOf(const Vector& vector) {
  domain::EncryptionContext context;
  std::istringstream pairs(vector.at("encryption context"));
  for (std::string pair; pairs >> pair;)
    context[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
  return context;
}

TEST(CiphertextVectors, AreReproducedByteForByte) {
  const std::vector<Vector> vectors = ReadVectors();
  ASSERT_GE(vectors.size(), 3U);
  for (const Vector& vector : vectors) {
    KnownKeyEngine engine(Hex(vector, "backing key"));
    FixedRandom random(Hex(vector, "nonce"));
    const auto blob = SealMessage(engine, random, MaterialOf(vector), Hex(vector, "plaintext"),
                                  ContextOf(vector), Deadline::Never());
    ASSERT_TRUE(blob);
    EXPECT_EQ(HexEncode(*blob), vector.at("blob"));
  }
}

TEST(CiphertextVectors, OpenToTheirPlaintext) {
  for (const Vector& vector : ReadVectors()) {
    KnownKeyEngine engine(Hex(vector, "backing key"));
    const auto parsed = domain::ParseCiphertext(Hex(vector, "blob"));
    ASSERT_TRUE(parsed);
    const auto opened =
        OpenMessage(engine, MaterialOf(vector), *parsed, ContextOf(vector), Deadline::Never());
    ASSERT_TRUE(opened);
    EXPECT_EQ(HexEncode(opened->view()), vector.at("plaintext"));
  }
}

class MessageCipher : public testing::Test {
 protected:
  Bytes Seal(const std::string& plaintext) {
    return *SealMessage(engine_, random_, material_, AsBytes(plaintext), context_,
                        Deadline::Never());
  }
  bool Opens(ByteView blob, const domain::EncryptionContext& context) {
    const auto parsed = domain::ParseCiphertext(blob);
    return parsed &&
           OpenMessage(engine_, material_, *parsed, context, Deadline::Never()).has_value();
  }
  KnownKeyEngine engine_{Bytes(32, 7)};
  fakes::SeededRandom random_;
  domain::KeyMaterial material_;
  domain::EncryptionContext context_{{"a", "1"}, {"b", "2"}};
};

TEST_F(MessageCipher, OpensThoughTheTokenAnswersWronglyFirst) {
  SpoiltTriesEngine spoilt(engine_);
  const Bytes blob =
      *SealMessage(spoilt, random_, material_, AsBytes("a secret"), context_, Deadline::Never());
  ASSERT_TRUE(Opens(blob, context_)) << "what is sealed may not rest on an unchecked answer";
  const auto opened =
      OpenMessage(spoilt, material_, *domain::ParseCiphertext(blob), context_, Deadline::Never());
  ASSERT_TRUE(opened);
  EXPECT_EQ(HexEncode(opened->view()), HexEncode(AsBytes("a secret")));
}

TEST_F(MessageCipher, RefusesEveryFlippedBit) {
  const Bytes blob = Seal("a secret");
  ASSERT_TRUE(Opens(blob, context_));
  for (std::size_t at = 0; at < blob.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes changed = blob;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ 1U << bit);
      EXPECT_FALSE(Opens(changed, context_)) << "byte " << at << " bit " << bit;
    }
  }
}

TEST_F(MessageCipher, RefusesEveryTruncation) {
  const Bytes blob = Seal("a secret");
  for (std::size_t size = 0; size < blob.size(); ++size)
    EXPECT_FALSE(Opens(ByteView(blob).first(size), context_)) << size;
}

TEST_F(MessageCipher, RefusesEveryOtherContext) {
  const Bytes blob = Seal("a secret");
  const std::vector<domain::EncryptionContext> others = {{},
                                                         {{"a", "1"}},
                                                         {{"a", "1"}, {"b", "3"}},
                                                         {{"a", "1"}, {"B", "2"}},
                                                         {{"a", "1"}, {"b", "2"}, {"c", ""}},
                                                         {{"a1", ""}, {"b", "2"}},
                                                         {{"a", "2"}, {"b", "1"}}};
  for (const auto& other : others) EXPECT_FALSE(Opens(blob, other));
}

TEST_F(MessageCipher, NeverSealsTwiceAlike) { EXPECT_NE(Seal("a secret"), Seal("a secret")); }

// GCM alone lets one ciphertext open under two keys; the commitment does not.
TEST_F(MessageCipher, OpensUnderOneBackingKeyOnly) {
  const Bytes blob = Seal("a secret");
  KnownKeyEngine other(Bytes(32, 8));
  const auto opened =
      OpenMessage(other, material_, *domain::ParseCiphertext(blob), context_, Deadline::Never());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalidCiphertext);
  EXPECT_EQ(opened.error().message, "");
}

}  // namespace
}  // namespace kmaas::core
