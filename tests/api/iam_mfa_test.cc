// MFA devices through the whole core: what a wrong code leaves in store and trail.
#include <gtest/gtest.h>

#include "identity/mfa.h"
#include "identity/totp.h"
#include "kmaas/iam/v1/iam.pb.h"
#include "tests/api/environment.h"

namespace kmaas::api {
namespace {

namespace iam = ::kmaas::iam::v1;

class IamMfa : public testing::Test {
 protected:
  IamMfa() {
    iam::CreateVirtualMFADeviceRequest device;
    device.set_virtual_mfa_device_name("phone");
    const auto made =
        world_.Must<iam::CreateVirtualMFADeviceResponse>("CreateVirtualMFADevice", device);
    serial_ = made.virtual_mfa_device().serial_number();
    text_ = made.virtual_mfa_device().base32_string_seed();
  }
  records::MfaDevice Row() {
    const auto row =
        world_.catalog.Find<records::MfaDevice>(records::MfaDeviceRow(kAccount, "phone"));
    return **row;
  }
  std::string Code(int steps_away) {
    identity::SealedSecrets secrets(world_.engine, world_.random);
    const auto seed = secrets.Open(Row(), Deadline::Never());
    const std::uint64_t step = identity::TotpStepAt(world_.clock.Now());
    return identity::TotpCode(seed->view(), step + static_cast<std::uint64_t>(steps_away));
  }
  Result<core::WipedMessage> Enable(const std::string& first, const std::string& second) {
    iam::EnableMFADeviceRequest request;
    request.set_user_name("administrator");
    request.set_serial_number(serial_);
    request.set_authentication_code1(first);
    request.set_authentication_code2(second);
    return world_.Send("EnableMFADevice", request);
  }

  Environment world_;
  std::string serial_;
  std::string text_;
};

TEST_F(IamMfa, ShowsTheSeedThatIsSealed) {
  identity::SealedSecrets secrets(world_.engine, world_.random);
  const auto seed = secrets.Open(Row(), Deadline::Never());
  EXPECT_EQ(text_, identity::Base32Encode(seed->view()));
}

TEST_F(IamMfa, BelongsToAUserOnceTwoCodesInARowHaveBeenShown) {
  ASSERT_TRUE(Enable(Code(-1), Code(0)));
  EXPECT_EQ(Row().user_name, "administrator");
  EXPECT_EQ(Row().enabled, world_.clock.Now());
  EXPECT_EQ(Row().last_step, identity::TotpStepAt(world_.clock.Now()));
}

TEST_F(IamMfa, CountsWrongCodesThoughTheCallIsRefused) {
  for (std::uint32_t i = 1; i <= 2; ++i) {
    const auto refused = Enable(Code(0), Code(-1));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidAuthenticationCode);
    EXPECT_EQ(Row().failures, i);
    EXPECT_EQ(Row().user_name, "");
  }
  ASSERT_TRUE(Enable(Code(-1), Code(0)));
  EXPECT_EQ(Row().failures, 0U);
}

// One record for the call, and it says that it was refused.
TEST_F(IamMfa, RecordsARefusalThatIsCommittedAsOne) {
  const std::size_t before = world_.audit.records().size();
  ASSERT_FALSE(Enable(Code(0), Code(-1)));
  const auto records = world_.audit.records();
  ASSERT_EQ(records.size(), before + 1);
  EXPECT_EQ(records.back().error_code, "InvalidAuthenticationCode");
  EXPECT_EQ(records.back().request_parameters_json.find(Code(0)), std::string::npos);
}

TEST_F(IamMfa, KeepsUsedCodesUsedWhenItIsDeactivated) {
  ASSERT_TRUE(Enable(Code(-1), Code(0)));
  iam::DeactivateMFADeviceRequest request;
  request.set_serial_number(serial_);
  ASSERT_TRUE(world_.Send("DeactivateMFADevice", request));
  EXPECT_EQ(Row().user_name, "");
  EXPECT_FALSE(Enable(Code(-1), Code(0)));
  world_.clock.Advance(2 * identity::kTotpStep);
  EXPECT_TRUE(Enable(Code(-1), Code(0)));
}

}  // namespace
}  // namespace kmaas::api
