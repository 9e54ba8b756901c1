// The ciphertext header and the canonical encryption context: one form each, and no two meanings
// share one.
#include "domain/ciphertext.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/encoding.h"
#include "base/limits.h"

namespace kmaas::domain {
namespace {

CiphertextHeader SampleHeader() {
  CiphertextHeader header;
  std::uint8_t next = 1;
  for (auto& byte : header.key_id.bits) byte = next++;
  for (auto& byte : header.material_id.bits) byte = next++;
  for (auto& byte : header.nonce) byte = next++;
  for (auto& byte : header.commitment) byte = next++;
  return header;
}

Bytes SampleBlob() {
  Bytes blob = EncodeHeader(SampleHeader());
  Append(blob, Bytes(20, 0xee));
  return blob;
}

TEST(Ciphertext, HasItsPartsInTheDocumentedOrder) {
  const Bytes header = EncodeHeader(SampleHeader());
  ASSERT_EQ(header.size(), kCiphertextHeaderBytes);
  EXPECT_EQ(HexEncode(ByteView(header).first(4)), "01010001");
  for (std::size_t i = 3; i < header.size(); ++i) ASSERT_EQ(header[i], i - 2) << i;
}

TEST(Ciphertext, ComesBack) {
  const auto parsed = ParseCiphertext(SampleBlob());
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(EncodeHeader(parsed->header), EncodeHeader(SampleHeader()));
  EXPECT_EQ(parsed->sealed, Bytes(20, 0xee));
}

TEST(Ciphertext, KeepsTheMultiRegionFlag) {
  CiphertextHeader header = SampleHeader();
  header.key_id.multi_region = true;
  Bytes blob = EncodeHeader(header);
  EXPECT_EQ(blob[2], 1);
  Append(blob, Bytes(16, 0));
  EXPECT_TRUE(ParseCiphertext(blob).value().header.key_id.multi_region);
}

TEST(Ciphertext, RefusesEveryTruncationBelowATag) {
  const Bytes blob = SampleBlob();
  for (std::size_t size = 0; size < kCiphertextHeaderBytes + 16; ++size) {
    ASSERT_FALSE(ParseCiphertext(ByteView(blob).first(size))) << size;
  }
  EXPECT_TRUE(ParseCiphertext(ByteView(blob).first(kCiphertextHeaderBytes + 16)));
}

TEST(Ciphertext, RefusesWhatIsLongerThanTheLimit) {
  Bytes blob = SampleBlob();
  blob.resize(limits::kCiphertextBytesMax, 0xee);
  EXPECT_TRUE(ParseCiphertext(blob));
  blob.push_back(0xee);
  EXPECT_FALSE(ParseCiphertext(blob));
}

// A flip is refused or shows in what is authenticated: the parser may not lose a bit.
TEST(Ciphertext, LosesNoBitInParsing) {
  const Bytes blob = SampleBlob();
  for (std::size_t bit = 0; bit < blob.size() * 8; ++bit) {
    Bytes altered = blob;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const auto parsed = ParseCiphertext(altered);
    if (!parsed) continue;
    Bytes again = EncodeHeader(parsed->header);
    Append(again, parsed->sealed);
    ASSERT_EQ(again, altered) << bit;
  }
}

TEST(Ciphertext, RefusesOtherVersionsSchemesAndFlags) {
  for (const std::size_t at : {0U, 1U, 2U}) {
    for (unsigned value = 0; value < 256; ++value) {
      Bytes blob = SampleBlob();
      blob[at] = static_cast<std::uint8_t>(value);
      const bool known = at == 2 ? value <= 1 : value == 1;
      ASSERT_EQ(ParseCiphertext(blob).has_value(), known) << at << " " << value;
    }
  }
}

TEST(Ciphertext, DerivesFromNonceAndKeyIdOnly) {
  const CiphertextHeader header = SampleHeader();
  const Bytes input = MessageKeyInput(header);
  CiphertextHeader other = header;
  other.nonce[15] ^= 1;
  EXPECT_NE(MessageKeyInput(other), input);
  other = header;
  other.key_id.bits[0] ^= 1;
  EXPECT_NE(MessageKeyInput(other), input);
  other = header;
  other.key_id.multi_region = true;
  EXPECT_NE(MessageKeyInput(other), input);
  other = header;
  other.commitment[0] ^= 1;
  EXPECT_EQ(MessageKeyInput(other), input);
}

// NIST SP 800-108r1 section 4.1: [1]_32 || label || 0x00 || context || [L]_32.
TEST(Ciphertext, DerivesInTheFormOfSp800108) {
  const Bytes input = MessageKeyInput(SampleHeader());
  EXPECT_EQ(HexEncode(ByteView(input).first(4)), "00000001");
  const std::string label = "kmaas symmetric message key v1";
  EXPECT_EQ(AsText(ByteView(input).subspan(4, label.size())), label);
  EXPECT_EQ(input[4 + label.size()], 0);
  EXPECT_EQ(HexEncode(ByteView(input).last(4)), "00000100");
  EXPECT_EQ(input.size(), 4 + label.size() + 1 + 16 + 1 + 16 + 4);
}

TEST(EncryptionContext, SerialisesInTheOrderOfItsKeys) {
  const Bytes form = *CanonicalForm({{"b", "2"}, {"a", "1"}});
  EXPECT_EQ(HexEncode(form),
            "00000002"
            "00000001"
            "61"
            "00000001"
            "31"
            "00000001"
            "62"
            "00000001"
            "32");
  EXPECT_EQ(*CanonicalForm({}), (Bytes{0, 0, 0, 0}));
}

TEST(EncryptionContext, TellsBoundariesApart) {
  std::set<Bytes> forms;
  const EncryptionContext contexts[] = {{},
                                        {{"", ""}},
                                        {{"ab", ""}},
                                        {{"a", "b"}},
                                        {{"", "ab"}},
                                        {{"a", ""}, {"b", ""}},
                                        {{"a", "b"}, {"c", "d"}},
                                        {{"a", std::string("b\0\0\0\1c\0\0\0\1d", 11)}},
                                        {{"A", "b"}}};
  for (const EncryptionContext& context : contexts) forms.insert(*CanonicalForm(context));
  EXPECT_EQ(forms.size(), std::size(contexts));
}

TEST(EncryptionContext, IsInjectiveOverRandomContexts) {
  std::mt19937 random(3);
  std::map<Bytes, EncryptionContext> seen;
  const auto text = [&] {
    std::string out(random() % 4, '\0');
    for (char& c : out) c = static_cast<char>(random() % 3);
    return out;
  };
  for (int i = 0; i < 30000; ++i) {
    EncryptionContext context;
    const auto pairs = random() % 4;
    for (unsigned n = 0; n < pairs; ++n) context[text()] = text();
    const auto [entry, inserted] = seen.emplace(*CanonicalForm(context), context);
    ASSERT_TRUE(inserted || entry->second == context);
  }
}

TEST(EncryptionContext, EndsAtItsLimit) {
  constexpr std::size_t kFraming = 4 + 4 + 4;
  const std::size_t room = limits::kEncryptionContextBytesMax - kFraming - 1;
  EXPECT_TRUE(CanonicalForm({{"k", std::string(room, 'v')}}));
  const auto refused = CanonicalForm({{"k", std::string(room + 1, 'v')}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kValidation);
}

}  // namespace
}  // namespace kmaas::domain
