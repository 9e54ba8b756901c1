// UpdatePrimaryRegion, and the deletion of keys that have relatives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operations/regions/related_keys.h"
#include "tests/api/two_regions.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;
using domain::KeyState;
using testing::ElementsAre;
using testing::HasSubstr;

class MultiRegionKeys : public testing::Test {
 protected:
  Result<core::WipedMessage> Lead(const std::string& from, const std::string& to,
                                  const std::string& id) {
    kms::UpdatePrimaryRegionRequest request;
    request.set_key_id(id);
    request.set_primary_region(to);
    return regions_.Send(from, "UpdatePrimaryRegion", request);
  }
  ErrorCode CodeOf(const Result<core::WipedMessage>& reply) {
    return reply ? ErrorCode::kDryRunOperation : reply.error().code;  // which nothing here answers
  }
  void SetState(const std::string& region, const std::string& id, KeyState state) {
    domain::Key key = regions_.KeyIn(region, id);
    key.state = state;
    key.deletion.reset();
    if (state == KeyState::kPendingDeletion || state == KeyState::kPendingReplicaDeletion)
      key.deletion = domain::PendingDeletion{.window_days = 7};
    regions_.world.Put(key);
  }
  kms::ScheduleKeyDeletionResponse Schedule(const std::string& region, const std::string& id) {
    kms::ScheduleKeyDeletionRequest request;
    request.set_key_id(id);
    request.set_pending_window_in_days(7);
    return regions_.Must<kms::ScheduleKeyDeletionResponse>(region, "ScheduleKeyDeletion", request);
  }
  std::vector<records::DueWork> Due() {
    std::vector<records::DueWork> rows;
    const auto page = regions_.world.catalog.List<records::DueWork>("", "", 100);
    for (const ports::Row& row : page->rows)
      rows.push_back(*records::Table<records::DueWork>::Decode(row.value));
    return rows;
  }

  TwoRegions regions_;
};

TEST_F(MultiRegionKeys, ChangeTheirPrimary) {
  const std::string id = regions_.MakePair();
  ASSERT_TRUE(Lead(kRegion, kOtherRegion, id));
  for (const char* region : {kRegion, kOtherRegion}) {
    const domain::Key key = regions_.KeyIn(region, id);
    EXPECT_EQ(key.multi_region->primary_region, kOtherRegion);
    EXPECT_THAT(key.multi_region->replica_regions, ElementsAre(kRegion));
    EXPECT_EQ(key.state, KeyState::kEnabled);
  }
  EXPECT_EQ(CodeOf(Lead(kRegion, kOtherRegion, id)), ErrorCode::kUnsupportedOperation);
  EXPECT_TRUE(Lead(kOtherRegion, kRegion, id));
}

TEST_F(MultiRegionKeys, AreAllNamedInTheRecordsOfWhatChangesThemAll) {
  const std::string id = regions_.MakePair();
  const auto named = [&] {
    std::vector<std::string> arns;
    const auto record = regions_.world.audit.records().back();
    for (const ports::AuditResource& resource : record.resources) arns.push_back(resource.arn);
    return arns;
  };
  const auto both = ElementsAre(ArnIn(kRegion, id), ArnIn(kOtherRegion, id));
  ASSERT_TRUE(regions_.On<kms::EnableKeyRotationRequest>(kRegion, "EnableKeyRotation", id));
  EXPECT_THAT(named(), both);
  ASSERT_TRUE(regions_.On<kms::DisableKeyRotationRequest>(kRegion, "DisableKeyRotation", id));
  EXPECT_THAT(named(), both);
  ASSERT_TRUE(regions_.On<kms::RotateKeyOnDemandRequest>(kRegion, "RotateKeyOnDemand", id));
  EXPECT_THAT(named(), both);
  ASSERT_TRUE(Lead(kRegion, kOtherRegion, id));
  EXPECT_THAT(named(), both);
}

TEST_F(MultiRegionKeys, RotateWhereTheirPrimaryIs) {
  const std::string id = regions_.MakePair();
  const WallTime next = regions_.world.clock.Now() + std::chrono::hours(24 * 365);
  std::vector<domain::Key> pair = {regions_.KeyIn(kRegion, id), regions_.KeyIn(kOtherRegion, id)};
  ASSERT_TRUE(regions_.Change([&](records::Changes& changes) -> Result<void> {
    for (domain::Key& key : pair) {
      key.rotation.enabled = true;
      key.rotation.next = next;
      KM_CHECK(records::Reschedule(changes, {}, records::DueOf(key)));
      KM_CHECK(changes.Put(key));
    }
    return {};
  }));
  ASSERT_EQ(Due().size(), 1U);
  EXPECT_EQ(Due()[0].region, kRegion);
  ASSERT_TRUE(Lead(kRegion, kOtherRegion, id));
  ASSERT_EQ(Due().size(), 1U);
  EXPECT_EQ(Due()[0].region, kOtherRegion);
}

TEST_F(MultiRegionKeys, HaveTheirPrimaryOnlyWhereAKeyIs) {
  const std::string id = regions_.MakePrimary();
  const auto refused = Lead(kRegion, kOtherRegion, id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(refused.error().message, "Key '" + ArnIn(kOtherRegion, id) + "' does not exist");
  EXPECT_EQ(CodeOf(Lead(kRegion, "mars-north-1", id)), ErrorCode::kUnsupportedOperation);
  EXPECT_EQ(CodeOf(Lead(kRegion, kRegion, id)), ErrorCode::kUnsupportedOperation);
}

// The outcome for both keys, by the state of one of them while the other is enabled.
TEST_F(MultiRegionKeys, ChangeTheirPrimaryInTheStatesOfTheTable) {
  const std::map<KeyState, ErrorCode> refusals = {
      {KeyState::kCreating, ErrorCode::kKmsInvalidState},
      {KeyState::kDisabled, ErrorCode::kDisabled},
      {KeyState::kPendingDeletion, ErrorCode::kKmsInvalidState},
      {KeyState::kPendingImport, ErrorCode::kKmsInvalidState},
      {KeyState::kPendingReplicaDeletion, ErrorCode::kKmsInvalidState},
      {KeyState::kUnavailable, ErrorCode::kKmsInvalidState}};
  const std::string id = regions_.MakePair();
  for (const char* region : {kRegion, kOtherRegion}) {
    for (const auto& [state, code] : refusals) {
      SetState(region, id, state);
      EXPECT_EQ(CodeOf(Lead(kRegion, kOtherRegion, id)), code) << region << ToText(state);
      EXPECT_EQ(regions_.KeyIn(kRegion, id).multi_region->primary_region, kRegion);
    }
    SetState(region, id, KeyState::kEnabled);
  }
  SetState(kOtherRegion, id, KeyState::kUpdating);
  EXPECT_TRUE(Lead(kRegion, kOtherRegion, id));
}

TEST_F(MultiRegionKeys, ChangeTheirPrimaryWithPermissionForBoth) {
  const std::string id = regions_.MakePair();
  kms::PutKeyPolicyRequest policy;
  policy.set_key_id(id);
  policy.set_policy(
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*",)"
      R"("Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"kms:UpdatePrimaryRegion",)"
      R"("Resource":"*"}]})");
  ASSERT_TRUE(regions_.Send(kOtherRegion, "PutKeyPolicy", policy));
  const auto refused = Lead(kRegion, kOtherRegion, id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kAccessDenied);
  EXPECT_THAT(refused.error().message, HasSubstr(ArnIn(kOtherRegion, id)));
}

TEST_F(MultiRegionKeys, WithReplicasWaitForThemToBeDeleted) {
  const std::string id = regions_.MakePair();
  const auto scheduled = Schedule(kRegion, id);
  EXPECT_EQ(scheduled.key_state(), "PendingReplicaDeletion");
  EXPECT_FALSE(scheduled.has_deletion_date());
  EXPECT_EQ(scheduled.pending_window_in_days(), 7);
  const auto metadata = regions_.Describe(kRegion, id);
  EXPECT_EQ(metadata.key_state(), "PendingReplicaDeletion");
  EXPECT_FALSE(metadata.has_deletion_date());
  EXPECT_EQ(metadata.pending_deletion_window_in_days(), 7);
  EXPECT_TRUE(Due().empty());
  EXPECT_EQ(regions_.Describe(kOtherRegion, id).key_state(), "Enabled");
  ASSERT_TRUE(regions_.On<kms::CancelKeyDeletionRequest>(kRegion, "CancelKeyDeletion", id));
  EXPECT_EQ(regions_.Describe(kRegion, id).key_state(), "Disabled");
}

TEST_F(MultiRegionKeys, LetAReplicaBeDeletedByItself) {
  const std::string id = regions_.MakePair();
  EXPECT_EQ(Schedule(kOtherRegion, id).key_state(), "PendingDeletion");
  ASSERT_EQ(Due().size(), 1U);
  EXPECT_EQ(Due()[0].region, kOtherRegion);
  EXPECT_EQ(regions_.Describe(kRegion, id).key_state(), "Enabled");
  EXPECT_EQ(CodeOf(regions_.Replicate(id)), ErrorCode::kAlreadyExists);
}

TEST_F(MultiRegionKeys, BeginTheWaitingPeriodWithTheLastReplicaThatGoes) {
  const std::string id = regions_.MakePair();
  Schedule(kRegion, id);
  const domain::Key gone = regions_.KeyIn(kOtherRegion, id);
  const WallTime now = regions_.world.clock.Now();
  ASSERT_TRUE(regions_.Change(
      [&](records::Changes& changes) { return operations::LeaveRelatedKeys(changes, gone, now); }));
  const domain::Key primary = regions_.KeyIn(kRegion, id);
  EXPECT_EQ(primary.state, KeyState::kPendingDeletion);
  EXPECT_EQ(ToEpochMillis(*primary.deletion->date), ToEpochMillis(now + std::chrono::hours(168)));
  EXPECT_TRUE(primary.multi_region->replica_regions.empty());
  ASSERT_EQ(Due().size(), 1U);
  EXPECT_EQ(Due()[0].region, kRegion);
}

TEST_F(MultiRegionKeys, LoseAReplicaAndNothingElse) {
  const std::string id = regions_.MakePair();
  const domain::Key gone = regions_.KeyIn(kOtherRegion, id);
  ASSERT_TRUE(regions_.Change([&](records::Changes& changes) {
    return operations::LeaveRelatedKeys(changes, gone, regions_.world.clock.Now());
  }));
  const domain::Key primary = regions_.KeyIn(kRegion, id);
  EXPECT_EQ(primary.state, KeyState::kEnabled);
  EXPECT_TRUE(primary.multi_region->replica_regions.empty());
  EXPECT_FALSE(primary.deletion);
}

TEST_F(MultiRegionKeys, KeepMaterialWhileAnotherRegionHasIt) {
  const std::string id = regions_.MakePair();
  const domain::Key primary = regions_.KeyIn(kRegion, id);
  const domain::MaterialId material = *primary.current_material;
  const auto held_beside = [&](const char* region) {
    bool held = false;
    const domain::Key key = regions_.KeyIn(region, id);
    EXPECT_TRUE(regions_.Change([&](records::Changes& changes) -> Result<void> {
      KM_TRY(held, operations::IsHeldInAnotherRegion(changes, key, material));
      return {};
    }));
    return held;
  };
  EXPECT_TRUE(held_beside(kRegion));
  EXPECT_TRUE(held_beside(kOtherRegion));
  ASSERT_TRUE(regions_.Change([&](records::Changes& changes) {
    return changes.Delete<domain::KeyMaterial>(
        records::MaterialRow(kOtherRegion, primary.id, material));
  }));
  EXPECT_FALSE(held_beside(kRegion));
  EXPECT_TRUE(held_beside(kOtherRegion));
}

TEST_F(MultiRegionKeys, DoNotHoldWhatTheyHaveNotImported) {
  const std::string id = regions_.MakePair();
  const domain::Key primary = regions_.KeyIn(kRegion, id);
  auto row = **regions_.world.catalog.Find<domain::KeyMaterial>(
      records::MaterialRow(kOtherRegion, primary.id, *primary.current_material));
  row.import_state = domain::ImportState::kPendingImport;
  regions_.world.Put(row);
  EXPECT_TRUE(regions_.Change([&](records::Changes& changes) -> Result<void> {
    KM_TRY(const bool held, operations::IsHeldInAnotherRegion(changes, primary, row.id));
    EXPECT_FALSE(held);
    return {};
  }));
}

// An undone change of one row would leave keys that disagree.
TEST_F(MultiRegionKeys, AreNeverChangedWithoutARelative) {
  const std::string id = regions_.MakePair();
  const domain::Key primary = regions_.KeyIn(kRegion, id);
  ASSERT_TRUE(regions_.Change([&](records::Changes& changes) {
    return changes.Delete<domain::Key>(records::KeyRow(kOtherRegion, primary.id));
  }));
  const auto changed = regions_.Change([&](records::Changes& changes) {
    return operations::ChangeRelatedKeys(changes, primary,
                                         [](domain::Key&) -> Result<void> { return {}; });
  });
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::kKmsInternal);
}

TEST_F(MultiRegionKeys, OfOneRegionHaveNoRelatives) {
  domain::Key key;
  key.region = kRegion;
  EXPECT_TRUE(operations::OtherRegionsOf(key).empty());
}

}  // namespace
}  // namespace kmaas::api
