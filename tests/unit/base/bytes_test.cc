// The serialisation under everything that kmaas authenticates: big-endian numbers and
// length-prefixed fields.
#include "base/bytes.h"

#include <gtest/gtest.h>

namespace kmaas {
namespace {

TEST(Bytes, WritesNumbersBigEndian) {
  Bytes out;
  AppendU8(out, 0x01);
  AppendU16(out, 0x0203);
  AppendU32(out, 0x04050607);
  AppendU64(out, 0x08090a0b0c0d0e0f);
  Bytes expected;
  for (std::uint8_t i = 1; i <= 15; ++i) expected.push_back(i);
  EXPECT_EQ(out, expected);
}

TEST(Bytes, ReadsBackWhatItWrote) {
  Bytes out;
  AppendU8(out, 0xff);
  AppendU16(out, 0xfffe);
  AppendU32(out, 0xfffffffd);
  AppendU64(out, 0xfffffffffffffffc);
  Append(out, "rest");
  ByteReader reader(out);
  EXPECT_EQ(reader.U8(), 0xff);
  EXPECT_EQ(reader.U16(), 0xfffe);
  EXPECT_EQ(reader.U32(), 0xfffffffd);
  EXPECT_EQ(reader.U64(), 0xfffffffffffffffc);
  EXPECT_EQ(AsText(reader.Take(2)), "re");
  EXPECT_EQ(AsText(reader.rest()), "st");
  EXPECT_TRUE(reader.ok());
}

TEST(Bytes, PrefixesFieldsSoThatTheirBoundariesCannotMove) {
  Bytes one;
  AppendField(one, "ab");
  AppendField(one, "c");
  Bytes other;
  AppendField(other, "a");
  AppendField(other, "bc");
  EXPECT_NE(one, other);
  EXPECT_EQ(one, (Bytes{0, 0, 0, 2, 'a', 'b', 0, 0, 0, 1, 'c'}));
}

TEST(ByteReader, FailsAtTheFirstReadPastTheEnd) {
  const Bytes input = {1, 2, 3};
  ByteReader reader(input);
  EXPECT_EQ(reader.U32(), 0U);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, StaysFailed) {
  const Bytes input = {1, 2, 3};
  ByteReader reader(input);
  EXPECT_TRUE(reader.Take(4).empty());
  EXPECT_EQ(reader.U8(), 0);
  EXPECT_TRUE(reader.Take(0).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, TakesNothingFromNothing) {
  ByteReader reader(ByteView{});
  EXPECT_TRUE(reader.Take(0).empty());
  EXPECT_TRUE(reader.ok());
}

}  // namespace
}  // namespace kmaas
