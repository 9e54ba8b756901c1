// What a sealed session may say of times.
#include "identity/session_record.h"

#include <gtest/gtest.h>

#include <limits>

#include "kmaas/identity/v1/session.pb.h"

namespace kmaas::identity {
namespace {

std::optional<ports::NewSession> WithTimes(std::int64_t issued, std::int64_t expires,
                                           std::int64_t mfa) {
  ::kmaas::identity::v1::SealedSession sealed;
  sealed.set_issued_seconds(issued);
  sealed.set_expires_seconds(expires);
  sealed.set_mfa_seconds(mfa);
  return DecodeSession(AsBytes(sealed.SerializeAsString()));
}

TEST(SessionRecord, HoldsNoTimeThatTheClockCannotShow) {
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max() / 1'000'000'000;
  EXPECT_TRUE(WithTimes(0, kLast, kLast));
  for (const std::int64_t beyond : {kLast + 1, std::numeric_limits<std::int64_t>::max(),
                                    std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_FALSE(WithTimes(beyond, 0, 0)) << beyond;
    EXPECT_FALSE(WithTimes(0, beyond, 0)) << beyond;
    EXPECT_FALSE(WithTimes(0, 0, beyond)) << beyond;
  }
}

}  // namespace
}  // namespace kmaas::identity
