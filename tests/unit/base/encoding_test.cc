// Hex, base64 and UTF-8: what is canonical passes, everything else is refused.
#include "base/encoding.h"

#include <gtest/gtest.h>

#include <random>

namespace kmaas {
namespace {

std::optional<std::string> Decoded(std::string_view text) {
  std::string out = "left over from before";
  if (!Base64Decode(text, out)) return std::nullopt;
  return out;
}

TEST(Hex, EncodesInLowerCase) { EXPECT_EQ(HexEncode(Bytes{0x00, 0x9f, 0xAB}), "009fab"); }

TEST(Hex, DecodesBothCases) { EXPECT_EQ(HexDecode("9fAb"), (Bytes{0x9f, 0xab})); }

TEST(Hex, RefusesWhatIsNotHex) {
  for (const char* text : {"a", "0g", "g0", "0x", " 0", "0 ", "-1", "+1", "\xc3\xa9"}) {
    EXPECT_FALSE(HexDecode(text).has_value()) << text;
  }
  EXPECT_FALSE(HexDecode(std::string_view("0\0", 2)).has_value());
}

// RFC 4648 section 10.
TEST(Base64, HoldsTheVectorsOfTheStandard) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(Base64Encode(AsBytes(plain)), encoded);
    EXPECT_EQ(Decoded(encoded), plain);
  }
}

TEST(Base64, ComesBackForEveryLength) {
  std::mt19937 random(7);
  for (std::size_t size = 0; size < 300; ++size) {
    std::string plain(size, '\0');
    for (char& c : plain) c = static_cast<char>(random());
    EXPECT_EQ(Decoded(Base64Encode(AsBytes(plain))), plain);
  }
}

TEST(Base64, RefusesWrongPaddingAndForeignLetters) {
  for (const char* text :
       {"Zg", "Zg=", "Zg===", "=Zg=", "Zg=a", "====", "Zm8", "Zm9v=", "Zm9vYg", "Zg==Zg==", "Zm-_",
        "Zm 9v", "Zm9v\n", "Zm\n9", "A===", "\xff\xff\xff\xff"}) {
    EXPECT_FALSE(Decoded(text).has_value()) << text;
  }
  EXPECT_FALSE(Decoded(std::string_view("Zm\0v", 4)).has_value());
}

// Two texts for the same bytes would give a signed body and its meaning different identities.
TEST(Base64, RefusesTrailingBits) {
  EXPECT_EQ(Decoded("Zg=="), "f");
  for (const char* text : {"Zh==", "Zv==", "Zm9=", "Zm+="}) {
    EXPECT_FALSE(Decoded(text).has_value()) << text;
  }
}

TEST(Base64, AppendsToWhatIsThere) {
  std::string out = "x:";
  AppendBase64(out, AsBytes("foo"));
  EXPECT_EQ(out, "x:Zm9v");
}

TEST(Utf8, AcceptsEachLengthOfSequence) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("a\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
  EXPECT_TRUE(IsUtf8(std::string_view("\0", 1)));
}

TEST(Utf8, RefusesOverlongSurrogateTruncatedAndTooLarge) {
  for (const char* text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x80\x80", "\xe0\x9f\xbf",
        "\xe1\x80", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
        "\xf0\x90\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "ok\xfe"}) {
    EXPECT_FALSE(IsUtf8(text)) << HexEncode(AsBytes(text));
  }
}

TEST(Base64Url, IsItsAlphabetWithoutPadding) {
  std::string decoded;
  for (const std::string& bytes : {std::string(), std::string("\xff\xef"), std::string("\xfb"),
                                   std::string("abc"), std::string(100, '\xfe')}) {
    const std::string text = Base64UrlEncode(AsBytes(bytes));
    EXPECT_EQ(text.find_first_of("+/="), std::string::npos);
    ASSERT_TRUE(Base64UrlDecode(text, decoded));
    EXPECT_EQ(decoded, bytes);
  }
  EXPECT_EQ(Base64UrlEncode(AsBytes("\xff\xef")), "_-8");
}

TEST(Base64Url, RefusesEveryOtherSpelling) {
  std::string decoded;
  for (const char* text : {"_-8=", "/+8", "_-9", "_", "_-8_A", " _-8", "_-8\n", "_-8=="})
    EXPECT_FALSE(Base64UrlDecode(text, decoded)) << text;
}

}  // namespace
}  // namespace kmaas
