// The five operations of rotation: their rules beyond the shapes and states that every call has.
#include <gtest/gtest.h>

#include <algorithm>

#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;

constexpr std::chrono::hours kDay{24};

class KeyRotation : public testing::Test {
 protected:
  template <class Request>
  Request On() const {
    Request request;
    request.set_key_id(arn_);
    return request;
  }
  Result<core::WipedMessage> Enable(int days) {
    auto request = On<kms::EnableKeyRotationRequest>();
    request.set_rotation_period_in_days(days);
    return world_.Send("EnableKeyRotation", request);
  }
  Result<core::WipedMessage> Rotate() {
    return world_.Send("RotateKeyOnDemand", On<kms::RotateKeyOnDemandRequest>());
  }
  domain::Key Key() {
    const auto id = domain::KeyId::Parse(arn_.substr(arn_.rfind('/') + 1));
    return **world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, *id));
  }
  // As the scheduler leaves the key.
  void EndRotation() {
    domain::Key key = Key();
    key.rotation.on_demand_started.reset();
    world_.Put(key);
  }
  kms::ListKeyRotationsResponse List(int limit, const std::string& marker) {
    auto request = On<kms::ListKeyRotationsRequest>();
    request.set_include_key_material("ALL_KEY_MATERIAL");
    request.set_limit(limit);
    if (!marker.empty()) request.set_marker(marker);
    return world_.Must<kms::ListKeyRotationsResponse>("ListKeyRotations", request);
  }

  Environment world_;
  std::string arn_ = world_.MakeKey();
};

TEST_F(KeyRotation, IsNotPutOffByAskingAgain) {
  ASSERT_TRUE(Enable(90));
  const auto next = Key().rotation.next;
  world_.clock.Advance(80 * kDay);
  ASSERT_TRUE(Enable(90));
  EXPECT_EQ(Key().rotation.next, next);
  ASSERT_TRUE(Enable(91));
  EXPECT_EQ(Key().rotation.next, world_.clock.Now() + 91 * kDay);
}

TEST_F(KeyRotation, BeginsAnewAfterItWasDisabled) {
  ASSERT_TRUE(Enable(90));
  ASSERT_TRUE(world_.Send("DisableKeyRotation", On<kms::DisableKeyRotationRequest>()));
  EXPECT_TRUE(records::DueOf(Key()).empty());
  world_.clock.Advance(kDay);
  ASSERT_TRUE(world_.Send("EnableKeyRotation", On<kms::EnableKeyRotationRequest>()));
  EXPECT_EQ(Key().rotation.next, world_.clock.Now() + 365 * kDay);
}

TEST_F(KeyRotation, OnDemandIsBegunTwentyFiveTimes) {
  for (int i = 0; i < 25; ++i) {
    ASSERT_TRUE(Rotate()) << i;
    EndRotation();
  }
  const auto refused = Rotate();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(refused.error().message,
            "The on-demand rotations limit has been reached for the given keyId. No more "
            "on-demand rotations can be performed for this key: " +
                arn_);
}

TEST_F(KeyRotation, OnDemandIsBegunOnceAtATime) {
  ASSERT_TRUE(Rotate());
  EXPECT_EQ(Rotate().error().code, ErrorCode::kConflict);
  EXPECT_EQ(Key().rotation.on_demand_count, 1U);
}

TEST_F(KeyRotation, OnDemandIsNotBegunTwentyMinutesBeforeAnAutomaticOne) {
  ASSERT_TRUE(Enable(90));
  world_.clock.Advance(90 * kDay - std::chrono::minutes(20));
  EXPECT_EQ(Rotate().error().code, ErrorCode::kConflict);
  world_.clock.Advance(-std::chrono::milliseconds(1));
  EXPECT_TRUE(Rotate());
}

TEST_F(KeyRotation, IsAskedOfThePrimaryKeyOnly) {
  domain::Key key = Key();
  key.multi_region = domain::MultiRegion{"us-east-1", {kRegion}};
  world_.Put(key);
  const std::string message = arn_ + " is not a multi-region primary key.";
  EXPECT_EQ(Enable(90).error().message, message);
  EXPECT_EQ(Rotate().error().message, message);
  EXPECT_EQ(world_.Send("DisableKeyRotation", On<kms::DisableKeyRotationRequest>()).error().code,
            ErrorCode::kUnsupportedOperation);
}

TEST_F(KeyRotation, OfImportedMaterialNeedsSomeThatWaits) {
  domain::Key key = Key();
  key.origin = domain::KeyOrigin::kExternal;
  world_.Put(key);
  EXPECT_EQ(Rotate().error().message,
            "No available key material pending rotation for the key: " + arn_);
}

TEST_F(KeyRotation, IsListedPageByPage) {
  domain::KeyMaterial material;
  material.key_id = Key().id;
  material.account = kAccount;
  material.region = kRegion;
  for (std::uint8_t i = 1; i <= 4; ++i) {
    material.id.bits.fill(static_cast<std::uint8_t>(100 - i));
    material.rotated = world_.clock.Now() + i * kDay;
    material.rotation_type = domain::RotationType::kAutomatic;
    world_.Put(material);
  }
  std::vector<double> dates;
  std::string marker;
  for (int page = 0; page < 3; ++page) {
    const auto reply = List(2, marker);
    for (const auto& entry : reply.rotations()) dates.push_back(entry.rotation_date());
    EXPECT_EQ(reply.truncated(), page < 2);
    marker = reply.next_marker();
  }
  ASSERT_EQ(dates.size(), 5U);
  EXPECT_TRUE(std::is_sorted(dates.begin(), dates.end()));
  EXPECT_EQ(dates.front(), 0.0);
}

}  // namespace
}  // namespace kmaas::api
