#include "core/errors.h"

#include <gtest/gtest.h>

#include <set>

namespace kmaas::core {
namespace {

TEST(ErrorTable, GivesEveryCodeANameOfItsOwn) {
  std::set<std::string_view> names;
  const int last = static_cast<int>(ErrorCode::kPackedPolicyTooLarge);
  for (int code = 0; code <= last; ++code) {
    const ErrorRow& row = RowOf(static_cast<ErrorCode>(code));
    EXPECT_TRUE(names.insert(row.aws_name).second) << row.aws_name;
    EXPECT_TRUE(row.aws_name.ends_with("Exception")) << row.aws_name;
  }
}

TEST(ErrorTable, Answers400ForEveryFaultOfTheCaller) {
  EXPECT_EQ(RowOf(ErrorCode::kNotFound).http_status, 400U);
  EXPECT_EQ(RowOf(ErrorCode::kDisabled).http_status, 400U);
  EXPECT_EQ(RowOf(ErrorCode::kAccessDenied).http_status, 400U);
  EXPECT_EQ(RowOf(ErrorCode::kKmsInternal).http_status, 500U);
}

TEST(ErrorTable, TellsARefusedProofFromARefusedAction) {
  EXPECT_TRUE(IsRefusalOfProof(RowOf(ErrorCode::kInvalidSignature)));
  EXPECT_TRUE(IsRefusalOfProof(RowOf(ErrorCode::kMissingAuthenticationToken)));
  EXPECT_FALSE(IsRefusalOfProof(RowOf(ErrorCode::kAccessDenied)));
  EXPECT_FALSE(IsRefusalOfProof(RowOf(ErrorCode::kUnknownOperation)));
}

TEST(Shortened, CutsBetweenCharacters) {
  EXPECT_EQ(Shortened("abc", 3), "abc");
  EXPECT_EQ(Shortened("abcd", 3), "abc");
  EXPECT_EQ(Shortened("a\xC3\xA9", 2), "a");  // e with an acute accent
  EXPECT_EQ(Shortened("\xF0\x9F\x94\x91"
                      "b",
                      4),
            "\xF0\x9F\x94\x91");
  EXPECT_EQ(Shortened("\xF0\x9F\x94\x91", 3), "");
  EXPECT_EQ(Shortened("\x91\x91\x91\x91\x91\x91", 5).size(), 1U);  // no UTF-8 at all
}

}  // namespace
}  // namespace kmaas::core
