// Result and its two macros.
#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace kmaas {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return Error{ErrorCode::kValidation, "odd", "a detail"};
  return number / 2;
}

Result<int> Quarter(int number) {
  KM_TRY(const int half, Half(number));
  return Half(half);
}

Result<void> Checked(int number) {
  KM_CHECK(Half(number));
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_EQ(*Half(4), 2);
  const Result<int> failed = Half(3);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, ErrorCode::kValidation);
  EXPECT_EQ(failed.error().message, "odd");
  EXPECT_EQ(failed.error().detail, "a detail");
}

TEST(Result, HandsErrorsOnFromEveryStep) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_FALSE(Quarter(6));
  EXPECT_FALSE(Quarter(3));
  EXPECT_TRUE(Checked(2));
  EXPECT_EQ(Checked(1).error().message, "odd");
}

TEST(Result, CarriesWhatCanOnlyMove) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 7);
}

TEST(ResultDeathTest, AbortsWhenTheWrongSideIsRead) {
  EXPECT_DEATH((void)Half(3).value(), "");
  EXPECT_DEATH((void)Half(4).error(), "");
  EXPECT_DEATH((void)Result<void>{}.error(), "");
}

}  // namespace
}  // namespace kmaas
