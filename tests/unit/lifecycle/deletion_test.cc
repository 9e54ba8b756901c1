// DeleteKey: what goes, what stays, and when.
#include "tests/unit/lifecycle/world.h"

namespace kmaas::lifecycle {
namespace {

class Deletion : public World {
 protected:
  // A key with an alias, two grants and a second material.
  std::string MakeFullKey();
  domain::DeletedKey Proof(const std::string& region = api::kRegion);
};

std::string Deletion::MakeFullKey() {
  const std::string arn = world_.MakeKey();
  kms::CreateAliasRequest alias;
  alias.set_alias_name("alias/orders");
  alias.set_target_key_id(arn);
  EXPECT_TRUE(world_.Send("CreateAlias", alias));
  auto grant = On<kms::CreateGrantRequest>(arn);
  grant.set_grantee_principal(api::Administrator().arn);
  grant.set_retiring_principal(api::Administrator().arn);
  grant.add_operations("Encrypt");
  for (const char* name : {"first", "second"}) {
    grant.set_name(name);
    EXPECT_TRUE(world_.Send("CreateGrant", grant));
  }
  EXPECT_TRUE(RotateOnDemand(arn));
  EXPECT_EQ(service_.RunDue(), 1U);
  return arn;
}

domain::DeletedKey Deletion::Proof(const std::string& region) {
  for (const domain::DeletedKey& deleted : Rows<domain::DeletedKey>())
    if (deleted.region == region) return deleted;
  ADD_FAILURE() << "no key was deleted in " << region;
  return {};
}

TEST_F(Deletion, HappensWhenTheWaitingPeriodEnds) {
  const std::string arn = world_.MakeKey();
  ScheduleDeletion(arn, 7);
  world_.clock.Advance(7 * kDay - std::chrono::milliseconds(1));
  EXPECT_EQ(service_.RunDue(), 0U);
  EXPECT_NE(KeyOf(arn), nullptr);
  world_.clock.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_EQ(KeyOf(arn), nullptr);
  EXPECT_EQ(world_.Send("DescribeKey", On<kms::DescribeKeyRequest>(arn)).error().code,
            ErrorCode::kNotFound);
}

TEST_F(Deletion, WaitsWhileTheClockCannotBeBelieved) {
  const std::string arn = world_.MakeKey();
  ScheduleDeletion(arn);
  world_.clock.Advance(7 * kDay);
  service_.may_destroy = false;
  EXPECT_EQ(service_.RunDue(), 0U);
  EXPECT_NE(KeyOf(arn), nullptr);
  service_.may_destroy = true;
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_EQ(KeyOf(arn), nullptr);
}

TEST_F(Deletion, LeavesNoRowButTheProof) {
  const std::string arn = MakeFullKey();
  ScheduleDeletion(arn);
  world_.clock.Advance(7 * kDay);
  EXPECT_EQ(service_.RunDue(), 1U);
  for (const char* table :
       {"keys", "account_keys", "key_materials", "key_policies", "aliases", "key_aliases", "grants",
        "grant_ids", "retirable_grants", "grant_names", "due_work", "import_keys", "key_uses"})
    EXPECT_EQ(*world_.store.Count(table), 0U) << table;
  EXPECT_EQ(*world_.store.Count("deleted_keys"), 1U);
}

TEST_F(Deletion, ProvesWhatWasDestroyedAndForWhom) {
  const std::string arn = MakeFullKey();
  const auto materials = Rows<domain::KeyMaterial>();
  ScheduleDeletion(arn);
  const std::string asked = world_.audit.records().back().event_id;
  world_.clock.Advance(7 * kDay);
  service_.RunDue();
  const domain::DeletedKey proof = Proof();
  EXPECT_EQ(proof.arn(), arn);
  EXPECT_EQ(proof.request.requested_by, api::Administrator().arn);
  EXPECT_EQ(proof.request.event_id, asked);
  EXPECT_EQ(proof.event_id, world_.audit.records().back().event_id);
  EXPECT_EQ(world_.audit.records().back().event_name, "DeleteKey");
  EXPECT_EQ(proof.deleted, world_.clock.Now());
  EXPECT_EQ(proof.aliases, std::vector<std::string>{"alias/orders"});
  EXPECT_EQ(proof.grants, 2U);
  ASSERT_EQ(proof.materials.size(), materials.size());
  for (std::size_t i = 0; i < materials.size(); ++i) {
    const crypto::Sha256Digest digest = crypto::Sha256(materials[i].blob);
    EXPECT_EQ(proof.materials[i].id, materials[i].id);
    EXPECT_EQ(proof.materials[i].blob_digest, Bytes(digest.begin(), digest.end()));
  }
}

TEST_F(Deletion, DestroysWhatOnlyTheTokenHas) {
  world_.services.default_custody = domain::Custody::kResident;
  const std::string arn = world_.MakeKey();
  const domain::KeyMaterial material = Rows<domain::KeyMaterial>().front();
  ASSERT_EQ(material.custody, domain::Custody::kResident);
  ScheduleDeletion(arn);
  world_.clock.Advance(7 * kDay);
  EXPECT_TRUE(world_.engine.DeriveMessageKey(material, material.id.bits, Deadline::Never()));
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_FALSE(world_.engine.DeriveMessageKey(material, material.id.bits, Deadline::Never()));
}

TEST_F(Deletion, DestroysTheImportKeysToo) {
  const std::string arn = world_.MakeKey();
  domain::ImportKey import_key;
  import_key.key_id = KeyOf(arn)->id;
  import_key.account = api::kAccount;
  import_key.region = api::kRegion;
  import_key.valid_to = world_.clock.Now() + kDay * 30;
  const auto made = world_.engine.MakeImportKey(import_key.id, import_key.spec,
                                                import_key.algorithm, Deadline::Never());
  ASSERT_TRUE(made);
  world_.Put(import_key);
  world_.Put(records::DueOf(import_key).front());
  ScheduleDeletion(arn);
  world_.clock.Advance(7 * kDay);
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_TRUE(Rows<domain::ImportKey>().empty());
  EXPECT_TRUE(Rows<records::DueWork>().empty());
  EXPECT_EQ(world_.engine.ImportMaterial({.import_key = import_key.id}, {}, Deadline::Never())
                .error()
                .code,
            ErrorCode::kInvalidImportToken);
}

TEST_F(Deletion, IsNotCancelledAfterItsTime) {
  const std::string arn = world_.MakeKey();
  ScheduleDeletion(arn);
  world_.clock.Advance(7 * kDay);
  const auto late = world_.Send("CancelKeyDeletion", On<kms::CancelKeyDeletionRequest>(arn));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kKmsInvalidState);
  EXPECT_EQ(service_.RunDue(), 1U);
}

TEST_F(Deletion, IsNotDoneWhenItIsCancelled) {
  const std::string arn = world_.MakeKey();
  ScheduleDeletion(arn);
  world_.clock.Advance(6 * kDay);
  ASSERT_TRUE(world_.Send("CancelKeyDeletion", On<kms::CancelKeyDeletionRequest>(arn)));
  world_.clock.Advance(2 * kDay);
  EXPECT_EQ(service_.RunDue(), 0U);
  EXPECT_NE(KeyOf(arn), nullptr);
}

class ReplicaDeletion : public Deletion {
 protected:
  void SetUp() override {
    world_.services.default_custody = domain::Custody::kResident;
    kms::CreateKeyRequest create;
    create.set_multi_region(true);
    arn_ = world_.Must<kms::CreateKeyResponse>("CreateKey", create).key_metadata().arn();
    Replicate(world_, *KeyOf(arn_));
  }
  // As ScheduleKeyDeletion leaves it.
  void Delete(const std::string& region, domain::KeyState state) {
    domain::Key key = *KeyOf(arn_, region);
    key.state = state;
    key.deletion = domain::PendingDeletion{.window_days = 7, .requested = world_.clock.Now()};
    if (state == domain::KeyState::kPendingDeletion)
      key.deletion->date = world_.clock.Now() + 7 * kDay;
    world_.Put(key);
    for (const records::DueWork& due : records::DueOf(key)) world_.Put(due);
  }
  std::string arn_;
};

TEST_F(ReplicaDeletion, LeavesTheOtherRegionsWhole) {
  const std::string blob = Encrypted(arn_, "shared");
  Delete(kOtherRegion, domain::KeyState::kPendingDeletion);
  world_.clock.Advance(7 * kDay);
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_EQ(world_.audit.records().back().region, kOtherRegion);
  EXPECT_EQ(KeyOf(arn_, kOtherRegion), nullptr);
  EXPECT_TRUE(KeyOf(arn_)->multi_region->replica_regions.empty());
  EXPECT_EQ(Decrypted(blob), "shared");
  EXPECT_EQ(Proof(kOtherRegion).region, kOtherRegion);
}

TEST_F(ReplicaDeletion, NamesTheKeysThatItLeavesInItsRecord) {
  Delete(kOtherRegion, domain::KeyState::kPendingDeletion);
  world_.clock.Advance(7 * kDay);
  EXPECT_EQ(service_.RunDue(), 1U);
  const auto record = world_.audit.records().back();
  ASSERT_EQ(record.resources.size(), 2U);
  EXPECT_EQ(record.resources[1].arn, arn_);
}

TEST_F(ReplicaDeletion, IsProvenEachTimeThatAReplicaWasMadeAgain) {
  for (std::size_t times = 1; times <= 2; ++times) {
    if (times == 2) Replicate(world_, *KeyOf(arn_));
    Delete(kOtherRegion, domain::KeyState::kPendingDeletion);
    world_.clock.Advance(7 * kDay);
    EXPECT_EQ(service_.RunDue(), 1U);
    EXPECT_EQ(Rows<domain::DeletedKey>().size(), times);
  }
}

TEST_F(ReplicaDeletion, LetsWhatWaitedForItBeRotatedTo) {
  const domain::Key key = ImportedKey(world_, true);
  Replicate(world_, key);
  arn_ = key.arn();
  const std::string prefix = records::KeyMaterialsPrefix(api::kRegion, key.id);
  domain::MaterialId waiting;
  for (domain::KeyMaterial material : Rows<domain::KeyMaterial>(prefix)) {
    if (material.state != domain::KeyMaterialState::kPendingRotation) continue;
    material.state = domain::KeyMaterialState::kPendingMultiRegionImportAndRotation;
    waiting = material.id;
    world_.Put(material);
    material.region = kOtherRegion;
    material.import_state = domain::ImportState::kPendingImport;
    world_.Put(material);
  }
  EXPECT_FALSE(RotateOnDemand(arn_));
  Delete(kOtherRegion, domain::KeyState::kPendingDeletion);
  world_.clock.Advance(7 * kDay);
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_EQ(Rotations(arn_, true), "CURRENT ; PENDING_ROTATION ; ");
  ASSERT_TRUE(RotateOnDemand(arn_));
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_EQ(KeyOf(arn_)->current_material, waiting);
}

TEST_F(ReplicaDeletion, LetsThePrimaryThatWaitedForTheLastOneWaitOn) {
  Delete(api::kRegion, domain::KeyState::kPendingReplicaDeletion);
  Delete(kOtherRegion, domain::KeyState::kPendingDeletion);
  world_.clock.Advance(7 * kDay);
  EXPECT_EQ(service_.RunDue(), 1U);
  const auto primary = KeyOf(arn_);
  EXPECT_EQ(primary->state, domain::KeyState::kPendingDeletion);
  EXPECT_EQ(primary->deletion->date, world_.clock.Now() + 7 * kDay);
  world_.clock.Advance(7 * kDay);
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_EQ(KeyOf(arn_), nullptr);
  EXPECT_TRUE(Rows<domain::KeyMaterial>().empty());
}

}  // namespace
}  // namespace kmaas::lifecycle
