// Codes of MFA devices: accepted once, near their time, and not guessed at for long.
#include "identity/mfa.h"

#include <gtest/gtest.h>

#include "identity/totp.h"
#include "tests/fakes/fake_crypto_engine.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/seeded_random.h"

namespace kmaas::identity {
namespace {

using std::chrono::seconds;

class Mfa : public testing::Test {
 protected:
  std::string CodeAt(int steps_away) const {
    return TotpCode(seed_.view(),
                    TotpStepAt(clock_.Now()) + static_cast<std::uint64_t>(steps_away));
  }
  MfaVerdict Judge(const std::string& code) {
    return JudgeCode(device_, seed_, code, clock_.Now());
  }
  MfaVerdict JudgePair(const std::string& first, const std::string& second) {
    return JudgeCodePair(device_, seed_, first, second, clock_.Now());
  }
  // A code of no step near now.
  std::string Wrong() const {
    for (int i = 0;; ++i) {
      std::string code = std::to_string(100000 + i);
      if (code != CodeAt(-2) && code != CodeAt(-1) && code != CodeAt(0) && code != CodeAt(1))
        return code;
    }
  }

  fakes::ManualClock clock_;
  SecretBytes seed_{AsBytes("12345678901234567890")};
  records::MfaDevice device_;
};

TEST_F(Mfa, AcceptsACodeOnceAndNoneBeforeItAfterwards) {
  EXPECT_EQ(Judge(CodeAt(0)), MfaVerdict::kAccepted);
  EXPECT_EQ(Judge(CodeAt(0)), MfaVerdict::kWrong);
  EXPECT_EQ(Judge(CodeAt(-1)), MfaVerdict::kWrong);
  EXPECT_EQ(Judge(CodeAt(1)), MfaVerdict::kAccepted);
  clock_.Advance(kTotpStep);
  EXPECT_EQ(Judge(CodeAt(0)), MfaVerdict::kWrong);
  clock_.Advance(kTotpStep);
  EXPECT_EQ(Judge(CodeAt(0)), MfaVerdict::kAccepted);
}

TEST_F(Mfa, ToleratesAClockThatIsOneStepOffAndNoMore) {
  for (const int away : {-3, -2, 2, 3}) EXPECT_EQ(Judge(CodeAt(away)), MfaVerdict::kWrong) << away;
  device_ = {};
  EXPECT_EQ(Judge(CodeAt(-1)), MfaVerdict::kAccepted);
  EXPECT_EQ(Judge(CodeAt(1)), MfaVerdict::kAccepted);
}

TEST_F(Mfa, RefusesWhatIsNoCode) {
  for (const std::string& code : {std::string(), CodeAt(0) + "0", CodeAt(0).substr(1),
                                  " " + CodeAt(0), std::string(6, '\0')}) {
    device_ = {};
    EXPECT_EQ(Judge(code), MfaVerdict::kWrong);
  }
}

TEST_F(Mfa, LocksTheDeviceAfterThreeWrongCodesAndThenEachTimeTwiceAsLong) {
  for (std::uint32_t i = 0; i < kFreeFailures; ++i) EXPECT_EQ(Judge(Wrong()), MfaVerdict::kWrong);
  seconds lock = kFirstLock;
  for (int round = 0; round < 5; ++round, lock *= 2) {
    EXPECT_EQ(Judge(Wrong()), MfaVerdict::kWrong) << round;
    EXPECT_EQ(device_.locked_until, clock_.Now() + lock);
    clock_.Advance(lock - seconds(1));
    EXPECT_EQ(Judge(CodeAt(0)), MfaVerdict::kLocked) << round;
    clock_.Advance(seconds(1));
  }
  EXPECT_EQ(Judge(CodeAt(0)), MfaVerdict::kAccepted);
  EXPECT_EQ(device_.failures, 0U);
  EXPECT_EQ(Judge(Wrong()), MfaVerdict::kWrong);
}

TEST_F(Mfa, LocksForAnHourAtMost) {
  device_.failures = 4'000'000'000U;
  EXPECT_EQ(Judge(Wrong()), MfaVerdict::kWrong);
  EXPECT_EQ(device_.locked_until, clock_.Now() + kLongestLock);
}

TEST_F(Mfa, DoesNotCountWhileItIsLocked) {
  device_.failures = 7;
  device_.locked_until = clock_.Now() + seconds(1);
  EXPECT_EQ(Judge(Wrong()), MfaVerdict::kLocked);
  EXPECT_EQ(JudgePair(CodeAt(-1), CodeAt(0)), MfaVerdict::kLocked);
  EXPECT_EQ(device_.failures, 7U);
}

TEST_F(Mfa, TakesAPairOfCodesOfStepsThatFollowEachOther) {
  EXPECT_EQ(JudgePair(CodeAt(-1), CodeAt(-1)), MfaVerdict::kWrong);
  EXPECT_EQ(JudgePair(CodeAt(0), CodeAt(-1)), MfaVerdict::kWrong);
  EXPECT_EQ(JudgePair(CodeAt(-2), CodeAt(0)), MfaVerdict::kWrong);
  device_ = {};
  EXPECT_EQ(JudgePair(CodeAt(-1), CodeAt(0)), MfaVerdict::kAccepted);
  EXPECT_EQ(JudgePair(CodeAt(-1), CodeAt(0)), MfaVerdict::kWrong);
  EXPECT_EQ(JudgePair(CodeAt(0), CodeAt(1)), MfaVerdict::kWrong);  // the first was used
  EXPECT_EQ(Judge(CodeAt(0)), MfaVerdict::kWrong);
}

class MfaRow : public Mfa {
 protected:
  MfaRow() {
    device_.account = "111122223333";
    device_.name = "phone";
    device_.path = "/";
    device_.sealed_seed = *secrets_.Seal(device_, seed_, Deadline::Never());
    Store();
  }
  void Store() {
    ASSERT_TRUE(catalog_.Write([&](records::Changes& changes) { return changes.Put(device_); },
                               Deadline::Never()));
  }
  Result<OpenedMfaDevice> Open(const std::string& serial) {
    return OpenMfaDevice(catalog_, secrets_, "111122223333", serial, Deadline::Never());
  }

  fakes::SeededRandom random_;
  fakes::FakeCryptoEngine engine_;
  SealedSecrets secrets_{engine_, random_};
  fakes::MemoryStore store_;
  records::Catalog catalog_{store_};
};

TEST_F(MfaRow, OpensBySerialNumberOfThisAccountOnly) {
  const auto opened = Open(device_.arn());
  ASSERT_TRUE(opened && opened->device);
  EXPECT_EQ(ToString(opened->seed.view()), ToString(seed_.view()));
  for (const char* serial :
       {"arn:aws:iam::111122223333:mfa/PHONE", "arn:aws:iam::999988887777:mfa/phone", "phone", "",
        "arn:aws:iam::111122223333:mfa/path/phone", "arn:aws:iam::111122223333:user/phone"}) {
    const auto other = Open(serial);
    ASSERT_TRUE(other) << serial;
    EXPECT_EQ(other->device, nullptr) << serial;
  }
}

TEST_F(MfaRow, DoesNotOpenASeedThatWasMovedToAnotherDevice) {
  device_.name = "tablet";
  Store();
  const auto opened = Open(device_.arn());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kKmsInternal);
}

TEST_F(MfaRow, IsNotTakenWhenItWasMadeAnewMeanwhile) {
  const auto opened = Open(device_.arn());
  const auto take = [&] {
    return catalog_.Write(
        [&](records::Changes& changes) -> Result<void> {
          KM_CHECK(TakeMfaDevice(changes, *opened));
          return {};
        },
        Deadline::Never());
  };
  EXPECT_TRUE(take());
  device_.sealed_seed = *secrets_.Seal(device_, seed_, Deadline::Never());
  Store();
  const auto refused = take();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConcurrentModification);
}

}  // namespace
}  // namespace kmaas::identity
