#include "hsm/pin_verdict.h"

#include <gtest/gtest.h>

#include "hsm/errors.h"

namespace kmaas::hsm {
namespace {

TEST(PinVerdict, ARefusedPinIsNotTriedAgain) {
  PinVerdict verdict;
  int tries = 0;
  const auto log_in = [&tries] {
    ++tries;
    return Rv{CKR_PIN_INCORRECT, "C_Login"};
  };
  EXPECT_EQ(verdict.Ask(log_in).code, CKR_PIN_INCORRECT);
  EXPECT_EQ(verdict.Ask(log_in).code, CKR_PIN_INCORRECT);
  EXPECT_EQ(tries, 1);
}

TEST(PinVerdict, OtherFailuresAreTriedAgain) {
  PinVerdict verdict;
  int tries = 0;
  const auto log_in = [&tries] { return Rv{++tries < 3 ? CKR_DEVICE_REMOVED : CKR_OK, "C_Login"}; };
  EXPECT_EQ(verdict.Ask(log_in).code, CKR_DEVICE_REMOVED);
  EXPECT_EQ(verdict.Ask(log_in).code, CKR_DEVICE_REMOVED);
  EXPECT_TRUE(verdict.Ask(log_in).ok());
}

}  // namespace
}  // namespace kmaas::hsm
