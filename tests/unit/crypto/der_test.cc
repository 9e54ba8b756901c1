// Goal: DER is written in its one form, and nothing else is read.
#include "crypto/der.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace kmaas::crypto {
namespace {

Bytes Hex(std::string_view text) { return HexDecode(text).value(); }

std::string Written(DerTag tag, std::size_t size) {
  Bytes out;
  AppendDer(out, tag, Bytes(size, 0));
  out.resize(out.size() - size);
  return HexEncode(out);
}

std::string Number(std::string_view hex) {
  Bytes out;
  AppendDerUnsigned(out, Hex(hex));
  return HexEncode(out);
}

TEST(Der, WritesTheShortestLength) {
  EXPECT_EQ(Written(DerTag::kSequence, 0), "3000");
  EXPECT_EQ(Written(DerTag::kOctetString, 127), "047f");
  EXPECT_EQ(Written(DerTag::kOctetString, 128), "048180");
  EXPECT_EQ(Written(DerTag::kBitString, 256), "03820100");
  EXPECT_EQ(Written(DerTag::kSequence, 65536), "3083010000");
}

TEST(Der, WritesTheShortestNumber) {
  EXPECT_EQ(Number(""), "020100");
  EXPECT_EQ(Number("0000"), "020100");
  EXPECT_EQ(Number("007f"), "02017f");
  EXPECT_EQ(Number("80"), "02020080");
  EXPECT_EQ(Number("010001"), "0203010001");
}

TEST(Der, ReadsWhatItWrote) {
  for (const std::size_t size : {0, 1, 127, 128, 255, 256, 70000}) {
    Bytes out;
    AppendDer(out, DerTag::kOctetString, Bytes(size, 0x5a));
    AppendDerUnsigned(out, Hex("ff00"));
    DerReader reader(out);
    EXPECT_EQ(reader.Take(DerTag::kSequence), std::nullopt) << "another tag, nothing read";
    const auto content = reader.Take(DerTag::kOctetString);
    ASSERT_TRUE(content);
    EXPECT_EQ(content->size(), size);
    EXPECT_EQ(ToBytes(*reader.TakeUnsigned()), Hex("ff00"));
    EXPECT_TRUE(reader.done());
  }
}

TEST(Der, RefusesOtherForms) {
  for (const char* text : {"", "04", "0401", "0480", "048101ff", "04820001ff", "0484000000ff",
                           "0485000000000100", "048400000001ff", "0481"}) {
    const Bytes bytes = Hex(text);
    EXPECT_FALSE(DerReader(bytes).Take(DerTag::kOctetString)) << text;
  }
}

TEST(Der, RefusesNumbersThatAreNegativeOrPadded) {
  for (const char* text : {"0200", "020180", "0202007f", "02020000", "0202ff80"}) {
    const Bytes bytes = Hex(text);
    DerReader reader(bytes);
    EXPECT_FALSE(reader.TakeUnsigned()) << text;
    EXPECT_EQ(reader.rest().size(), bytes.size()) << text;
  }
}

TEST(Der, WritesSignatures) {
  EXPECT_EQ(HexEncode(EcdsaSignatureToDer(Hex("0001ff02"))), "3008020101020300ff02");
  EXPECT_EQ(HexEncode(EcdsaSignatureToDer(Hex("8000"))), "300702020080020100");
}

}  // namespace
}  // namespace kmaas::crypto
