// RotateKey: what a rotation changes, in which Regions, of made and of imported material.
#include "tests/unit/lifecycle/world.h"

namespace kmaas::lifecycle {
namespace {

class Rotation : public World {};

TEST_F(Rotation, OnDemandLeavesTheScheduleAlone) {
  const std::string arn = world_.MakeKey();
  EnableRotation(arn, 100);
  const double next = Status(arn).next_rotation_date();
  world_.clock.Advance(50 * kDay);
  ASSERT_TRUE(RotateOnDemand(arn));
  EXPECT_TRUE(Status(arn).has_on_demand_rotation_start_date());
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_FALSE(Status(arn).has_on_demand_rotation_start_date());
  EXPECT_EQ(Status(arn).next_rotation_date(), next);
  world_.clock.Advance(50 * kDay);
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_EQ(Rotations(arn), "NON_CURRENT ON_DEMAND; CURRENT AUTOMATIC; ");
  EXPECT_EQ(Rotations(arn, true), "NON_CURRENT ; NON_CURRENT ON_DEMAND; CURRENT AUTOMATIC; ");
}

TEST_F(Rotation, EncryptsUnderTheNewMaterialAndDecryptsUnderTheOld) {
  const std::string arn = world_.MakeKey();
  const std::string before = Encrypted(arn, "before");
  const auto old = KeyOf(arn)->current_material;
  ASSERT_TRUE(RotateOnDemand(arn));
  EXPECT_EQ(KeyOf(arn)->current_material, old);
  service_.RunDue();
  EXPECT_NE(KeyOf(arn)->current_material, old);
  EXPECT_EQ(Decrypted(before), "before");
  EXPECT_EQ(Decrypted(Encrypted(arn, "after")), "after");
}

TEST_F(Rotation, DoesBothThatCameDueWhileTheServerWasDown) {
  const std::string arn = world_.MakeKey();
  EnableRotation(arn, 90);
  ASSERT_TRUE(RotateOnDemand(arn));
  world_.clock.Advance(91 * kDay);
  EXPECT_EQ(service_.RunDue(), 2U);
  EXPECT_EQ(service_.RunDue(), 0U);
  EXPECT_EQ(Rows<domain::KeyMaterial>().size(), 3U);
}

TEST_F(Rotation, OfAnImportedKeyGoesToTheMaterialThatWaits) {
  const domain::Key key = ImportedKey(world_, true);
  EXPECT_EQ(Rotations(key.arn(), true), "CURRENT ; PENDING_ROTATION ; ");
  const std::string before = Encrypted(key.arn(), "before");
  ASSERT_TRUE(RotateOnDemand(key.arn()));
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_EQ(Rotations(key.arn(), true), "NON_CURRENT ; CURRENT ON_DEMAND; ");
  EXPECT_EQ(Decrypted(before), "before");
  EXPECT_EQ(Decrypted(Encrypted(key.arn(), "after")), "after");
}

TEST_F(Rotation, OfAnImportedKeyEndsInVainWhenTheMaterialWentAway) {
  const domain::Key key = ImportedKey(world_, true);
  ASSERT_TRUE(RotateOnDemand(key.arn()));
  for (domain::KeyMaterial material : Rows<domain::KeyMaterial>()) {
    if (material.state != domain::KeyMaterialState::kPendingRotation) continue;
    material.import_state = domain::ImportState::kPendingImport;
    world_.Put(material);
  }
  EXPECT_EQ(service_.RunDue(), 0U);
  EXPECT_EQ(world_.audit.records().back().error_code, "KMSInvalidStateException");
  EXPECT_TRUE(Rows<records::DueWork>().empty());
  EXPECT_FALSE(Status(key.arn()).has_on_demand_rotation_start_date());
}

class RotationToExpiring : public Rotation {
 protected:
  // The pending material of the key ends in a day; in which Regions is for the test to say.
  domain::KeyMaterial MakePendingOfADay() {
    const domain::Key key = ImportedKey(world_, true);
    arn_ = key.arn();
    for (domain::KeyMaterial material : Rows<domain::KeyMaterial>()) {
      if (material.state != domain::KeyMaterialState::kPendingRotation) continue;
      material.expiration_model = domain::ExpirationModel::kExpires;
      material.valid_to = world_.clock.Now() + kDay;
      world_.Put(material);
      return material;
    }
    throw std::runtime_error("nothing pending");
  }
  std::string arn_;
};

TEST_F(RotationToExpiring, IsNotBegunWhenItHasExpired) {
  MakePendingOfADay();
  world_.clock.Advance(kDay);
  EXPECT_EQ(RotateOnDemand(arn_).error().message,
            "No available key material pending rotation for the key: " + arn_);
}

TEST_F(RotationToExpiring, EndsInVainWhenItExpiresMeanwhile) {
  MakePendingOfADay();
  const auto before = KeyOf(arn_)->current_material;
  ASSERT_TRUE(RotateOnDemand(arn_));
  world_.clock.Advance(kDay);
  EXPECT_EQ(service_.RunDue(), 0U);
  EXPECT_EQ(KeyOf(arn_)->current_material, before);
  EXPECT_EQ(Decrypted(Encrypted(arn_, "served")), "served");
}

TEST_F(RotationToExpiring, IsNotBegunWhenItHasExpiredInAnotherRegion) {
  domain::KeyMaterial pending = MakePendingOfADay();
  Replicate(world_, *KeyOf(arn_));
  pending.region = kOtherRegion;
  world_.Put(pending);
  pending.region = api::kRegion;
  pending.valid_to = world_.clock.Now() + 2 * kDay;
  world_.Put(pending);
  world_.clock.Advance(kDay);
  EXPECT_EQ(RotateOnDemand(arn_).error().message,
            "No available key material pending rotation for the key: " + arn_);
}

TEST_F(Rotation, ReachesEveryRegionOfTheKey) {
  kms::CreateKeyRequest create;
  create.set_multi_region(true);
  const std::string arn =
      world_.Must<kms::CreateKeyResponse>("CreateKey", create).key_metadata().arn();
  Replicate(world_, *KeyOf(arn));
  EnableRotation(arn, 90);
  EXPECT_TRUE(KeyOf(arn, kOtherRegion)->rotation.enabled);
  world_.clock.Advance(90 * kDay);
  EXPECT_EQ(service_.RunDue(), 1U);
  const auto primary = KeyOf(arn);
  const auto replica = KeyOf(arn, kOtherRegion);
  EXPECT_EQ(replica->current_material, primary->current_material);
  EXPECT_EQ(replica->rotation.next, primary->rotation.next);
  const auto rows =
      Rows<domain::KeyMaterial>(records::KeyMaterialsPrefix(kOtherRegion, primary->id));
  ASSERT_EQ(rows.size(), 2U);
  for (const domain::KeyMaterial& row : rows) {
    EXPECT_EQ(row.state == domain::KeyMaterialState::kCurrent, row.id == primary->current_material);
    EXPECT_EQ(row.region, kOtherRegion);
  }
}

TEST_F(Rotation, OfImportedMaterialWaitsForEveryRegion) {
  domain::Key key = ImportedKey(world_, false);
  Replicate(world_, key);
  key = *KeyOf(key.arn());
  domain::KeyMaterial pending = Rows<domain::KeyMaterial>().front();
  pending.id.bits.fill(9);
  pending.state = domain::KeyMaterialState::kPendingRotation;
  pending.region = api::kRegion;
  world_.Put(pending);
  EXPECT_EQ(RotateOnDemand(key.arn()).error().message,
            "No available key material pending rotation for the key: " + key.arn());
  pending.region = kOtherRegion;
  world_.Put(pending);
  ASSERT_TRUE(RotateOnDemand(key.arn()));
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_EQ(KeyOf(key.arn(), kOtherRegion)->current_material, pending.id);
}

}  // namespace
}  // namespace kmaas::lifecycle
