#include "audit/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/encoding.h"

namespace kmaas::audit {
namespace {

std::string Line(ChainHead& head, std::string_view event) {
  std::string line;
  AppendRecord(line, head, event);
  line.pop_back();
  return line;
}

// Computed by sha256sum over the bytes that src/audit/README.md names.
TEST(Chain, HashesWhatTheReadmeSays) {
  EXPECT_EQ(HexEncode(Genesis().hash),
            "acf3a3dc3e8b6b7d5134d54f3b0b76264dc4cfb89259690fb503dec2abbf2d63");
  ChainHead head = Genesis();
  EXPECT_EQ(Line(head, R"({"a":1})"),
            R"({"seq":1,"prev":"acf3a3dc3e8b6b7d5134d54f3b0b76264dc4cfb89259690fb503dec2abbf2d63",)"
            R"("hash":"47025f17169f36374b144ce5378f91b698b65e891bb048c900407e22e81241d0",)"
            R"("event":{"a":1}})");
  EXPECT_EQ(head.sequence, 1U);
}

TEST(Chain, BindsARecordToItsPlaceAndPredecessor) {
  const crypto::Sha256Digest hash = RecordHash(Genesis().hash, 1, "{}");
  EXPECT_NE(RecordHash(Genesis().hash, 2, "{}"), hash);
  EXPECT_NE(RecordHash(hash, 1, "{}"), hash);
  EXPECT_NE(RecordHash(Genesis().hash, 1, "{ }"), hash);
}

TEST(Chain, ReadsWhatItWrote) {
  ChainHead head{41, Genesis().hash};
  const std::string line = Line(head, R"({"a":{"b":[]}})");
  const auto parsed = ParseLine(line);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->sequence, 42U);
  EXPECT_EQ(parsed->previous, Genesis().hash);
  EXPECT_EQ(parsed->hash, head.hash);
  EXPECT_EQ(parsed->event, R"({"a":{"b":[]}})");
}

TEST(Chain, ReadsNumbersUpToTheLargest) {
  ChainHead head{UINT64_MAX - 1, Genesis().hash};
  const std::string line = Line(head, "{}");
  ASSERT_TRUE(ParseLine(line));
  EXPECT_EQ(ParseLine(line)->sequence, UINT64_MAX);
}

TEST(Chain, TakesNoPrefixOfALine) {
  ChainHead head = Genesis();
  const std::string line = Line(head, "{}");
  for (std::size_t size = 0; size < line.size(); ++size)
    EXPECT_FALSE(ParseLine(std::string_view(line).substr(0, size))) << size;
}

// Another spelling of the same record would be a second line with the same hash.
TEST(Chain, TakesNoOtherSpelling) {
  ChainHead head{10, Genesis().hash};
  const std::string line = Line(head, "{}");
  ASSERT_TRUE(ParseLine(line));
  const auto with = [&line](const std::string& from, const std::string& to) {
    std::string other = line;
    return other.replace(other.find(from), from.size(), to);
  };
  for (const std::string& other :
       {with("11", "011"), with("11", "+11"), with("11", "-1"), with("11", "11.0"), with("11", ""),
        with("11", "99999999999999999999"), with("\"seq\"", " \"seq\""), with(":\"", ": \""),
        with("{}", "{} "), with("{}", "[]"), with("{}", "null"), " " + line, line + " ",
        line + "\r"})
    EXPECT_FALSE(ParseLine(other)) << other;
}

TEST(Chain, TakesHashesInLowerCaseOnly) {
  ChainHead head = Genesis();
  const std::string line = Line(head, "{}");
  for (std::size_t at = 0; at < line.find("\"event\""); ++at) {
    if (line[at] < 'a' || line[at] > 'f') continue;
    std::string upper = line;
    upper[at] = static_cast<char>(upper[at] - 'a' + 'A');
    EXPECT_FALSE(ParseLine(upper)) << at;
  }
}

}  // namespace
}  // namespace kmaas::audit
