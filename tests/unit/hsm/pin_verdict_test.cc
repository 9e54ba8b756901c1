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

class Memory final : public PinMemory {
 public:
  explicit Memory(std::optional<unsigned long>& kept) : kept_(kept) {}
  std::optional<unsigned long> Refusal() const override { return kept_; }
  void NoteRefusal(unsigned long code) override { kept_ = code; }

 private:
  std::optional<unsigned long>& kept_;
};

TEST(PinVerdict, ARefusedPinIsNotTriedByTheNextProcess) {
  std::optional<unsigned long> kept;
  int tries = 0;
  const auto log_in = [&tries] {
    ++tries;
    return Rv{CKR_PIN_LOCKED, "C_Login"};
  };
  for (int process = 0; process < 3; ++process) {
    PinVerdict verdict(std::make_unique<Memory>(kept));
    EXPECT_EQ(verdict.Ask(log_in).code, CKR_PIN_LOCKED);
  }
  EXPECT_EQ(tries, 1);
}

TEST(PinVerdict, OnlyARefusalIsKept) {
  std::optional<unsigned long> kept;
  PinVerdict verdict(std::make_unique<Memory>(kept));
  (void)verdict.Ask([] { return Rv{CKR_DEVICE_ERROR, "C_Login"}; });
  (void)verdict.Ask([] { return Rv{CKR_OK, "C_Login"}; });
  EXPECT_FALSE(kept);
}

}  // namespace
}  // namespace kmaas::hsm
