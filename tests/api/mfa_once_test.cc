// Goal: a code of a second factor proves something once, whichever operation it was shown to, and a
// wrong one counts in all of them.
#include <gtest/gtest.h>

#include "kmaas/iam/v1/iam.pb.h"
#include "tests/api/sts_world.h"

namespace kmaas::api {
namespace {

namespace iam = ::kmaas::iam::v1;

enum class Way { kSession, kRole, kResync, kEnable };
constexpr std::array kWays = {Way::kSession, Way::kRole, Way::kResync, Way::kEnable};

class Codes : public StsWorld {
 public:
  // Shows the codes of the step before and of this one; where one is asked for, the latter.
  bool Show(Way way, const std::string& before, const std::string& now) {
    switch (way) {
      case Way::kSession: {
        sts::GetSessionTokenRequest request;
        request.set_serial_number(kSerial);
        request.set_token_code(now);
        return Call<sts::GetSessionTokenResponse>(Jane(), request).has_value();
      }
      case Way::kRole: {
        sts::AssumeRoleRequest request = Request();
        request.set_serial_number(kSerial);
        request.set_token_code(now);
        return Assume(Jane(), request).has_value();
      }
      case Way::kResync:
        return Send<iam::ResyncMFADeviceRequest>("ResyncMFADevice", before, now);
      case Way::kEnable: {
        (void)Jane();
        iam::DeactivateMFADeviceRequest off;
        off.set_user_name("jane");
        off.set_serial_number(kSerial);
        if (!Row()->user_name.empty()) {
          const auto done = core.Send("DeactivateMFADevice", off);
          EXPECT_TRUE(done) << done.error().message;
        }
        return Send<iam::EnableMFADeviceRequest>("EnableMFADevice", before, now);
      }
    }
    return false;
  }
  bool ShowOfNow(Way way) { return Show(way, Code(-1), Code()); }
  std::shared_ptr<const records::MfaDevice> Row() {
    return *core.catalog.Find<records::MfaDevice>(records::MfaDeviceRow(kAccount, "jane"));
  }

 private:
  template <class R>
  bool Send(const std::string& operation, const std::string& before, const std::string& now) {
    (void)Jane();
    R request;
    request.set_user_name("jane");
    request.set_serial_number(kSerial);
    request.set_authentication_code1(before);
    request.set_authentication_code2(now);
    return core.Send(operation, request).has_value();
  }
};

TEST(MfaCode, IsAcceptedOnceByAllOperationsTogether) {
  for (const Way first : kWays) {
    for (const Way second : kWays) {
      Codes world;
      ASSERT_TRUE(world.ShowOfNow(first));
      EXPECT_FALSE(world.ShowOfNow(second)) << static_cast<int>(first) << static_cast<int>(second);
      EXPECT_EQ(world.Row()->failures, 1U);
      world.core.clock.Advance(2 * identity::kTotpStep);
      EXPECT_TRUE(world.ShowOfNow(second));
    }
  }
}

// As at AWS, beginning a session reads. That a code was used is written, and what was written with
// its record may be told twice to the trail, which knows again only the records of writes.
TEST(MfaCode, MakesTheRecordOfASessionThatOfAWrite) {
  Codes world;
  const auto last_reads = [&world] { return world.core.audit.records().back().read_only; };
  ASSERT_TRUE(
      world.Call<sts::GetSessionTokenResponse>(world.Jane(), sts::GetSessionTokenRequest()));
  EXPECT_TRUE(last_reads());
  ASSERT_TRUE(world.ShowOfNow(Way::kSession));
  EXPECT_FALSE(last_reads());
  EXPECT_FALSE(world.ShowOfNow(Way::kRole));
  EXPECT_FALSE(last_reads());
  world.core.clock.Advance(2 * identity::kTotpStep);
  ASSERT_TRUE(world.ShowOfNow(Way::kRole));
  EXPECT_FALSE(last_reads());
}

TEST(MfaCode, IsGuessedAtInAllOperationsTogether) {
  Codes world;
  const std::string wrong = world.Code() == "000000" ? "000001" : "000000";
  for (const Way way : {Way::kSession, Way::kRole, Way::kResync, Way::kSession})
    EXPECT_FALSE(world.Show(way, wrong, wrong));
  EXPECT_EQ(world.Row()->failures, 4U);
  for (const Way way : kWays) EXPECT_FALSE(world.ShowOfNow(way));
  EXPECT_EQ(world.Row()->failures, 4U);
}

}  // namespace
}  // namespace kmaas::api
