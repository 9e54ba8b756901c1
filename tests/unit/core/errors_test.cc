#include "core/errors.h"

#include <gtest/gtest.h>

#include <set>

namespace kmaas::core {
namespace {

TEST(ErrorTable, GivesEveryCodeANameOfItsOwn) {
  std::set<std::string_view> names;
  const int last = static_cast<int>(ErrorCode::kUnmodifiableEntity);
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

TEST(ErrorTable, MarksAsRetryableOnlyWhatMayPass) {
  EXPECT_TRUE(RowOf(ErrorCode::kThrottling).retryable);
  EXPECT_TRUE(RowOf(ErrorCode::kKeyUnavailable).retryable);
  EXPECT_FALSE(RowOf(ErrorCode::kInvalidCiphertext).retryable);
}

}  // namespace
}  // namespace kmaas::core
