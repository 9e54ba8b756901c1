#include "records/tables.h"

#include <gtest/gtest.h>

namespace kmaas::records {
namespace {

domain::Key SomeKey() {
  domain::Key key;
  key.id = *domain::KeyId::Parse("12345678-1234-4234-9234-123456789012");
  key.account = "111122223333";
  key.region = "eu-central-1";
  key.state = domain::KeyState::kPendingDeletion;
  key.description = "a description";
  key.created = FromEpochMillis(1'700'000'000'123);
  key.deletion =
      domain::PendingDeletion{FromEpochMillis(1'700'600'000'000), 7,
                              FromEpochMillis(1'700'000'000'000), "arn:requester", "event"};
  key.current_material.emplace().bits.fill(7);
  key.tags = {{"one", "1"}, {"two", ""}};
  key.grants = 50'000;
  return key;
}

TEST(Tables, GiveBackAKeyAsItWas) {
  const Result<domain::Key> read =
      Table<domain::Key>::Decode(Table<domain::Key>::Encode(SomeKey()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, SomeKey().id);
  EXPECT_EQ(read->state, domain::KeyState::kPendingDeletion);
  ASSERT_TRUE(read->deletion);
  EXPECT_EQ(read->deletion->date, SomeKey().deletion->date);
  EXPECT_EQ(read->deletion->window_days, 7U);
  EXPECT_EQ(read->deletion->requested, SomeKey().deletion->requested);
  EXPECT_EQ(read->deletion->requested_by, "arn:requester");
  EXPECT_EQ(read->deletion->event_id, "event");
  EXPECT_EQ(read->created, SomeKey().created);
  EXPECT_EQ(read->current_material, SomeKey().current_material);
  ASSERT_EQ(read->tags.size(), 2U);
  EXPECT_EQ(read->tags[1].key, "two");
  EXPECT_EQ(read->grants, 50'000U);
}

TEST(Tables, GiveBackTheLifeCycleOfAKeyAsItWas) {
  domain::Key key = SomeKey();
  key.spec = domain::KeySpec::kEccNistEdwards25519;
  key.usage = domain::KeyUsage::kSignVerify;
  key.origin = domain::KeyOrigin::kExternal;
  key.custody = domain::Custody::kProcess;
  key.state_afterwards = domain::KeyState::kDisabled;
  key.rotation = {true, 90, FromEpochMillis(1), FromEpochMillis(2), 25};
  key.expiration_model = domain::ExpirationModel::kExpires;
  key.valid_to = FromEpochMillis(3);
  key.multi_region = domain::MultiRegion{"eu-west-1", {"eu-central-1", "us-east-1"}};
  key.custom_key_store_id = "cks-1";
  const std::string row = Table<domain::Key>::Encode(key);
  const auto read = Table<domain::Key>::Decode(row);
  ASSERT_TRUE(read);
  EXPECT_EQ(Table<domain::Key>::Encode(*read), row);
  EXPECT_EQ(read->spec, key.spec);
  EXPECT_EQ(read->custody, key.custody);
  EXPECT_EQ(read->state_afterwards, key.state_afterwards);
  EXPECT_EQ(read->rotation.period_days, 90U);
  EXPECT_EQ(read->rotation.next, key.rotation.next);
  EXPECT_EQ(read->rotation.on_demand_started, key.rotation.on_demand_started);
  EXPECT_EQ(read->valid_to, key.valid_to);
  EXPECT_EQ(read->multi_region->replica_regions, key.multi_region->replica_regions);
}

TEST(Tables, KeepApartWhatAKeyHasNot) {
  const auto read = Table<domain::Key>::Decode(Table<domain::Key>::Encode(domain::Key()));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->deletion || read->current_material || read->state_afterwards);
  EXPECT_FALSE(read->expiration_model || read->valid_to || read->multi_region);
  EXPECT_FALSE(read->rotation.enabled || read->rotation.next || read->rotation.on_demand_started);
  EXPECT_EQ(read->rotation.period_days, 365U);
}

TEST(Tables, GiveBackTheIndexRowOfANamedGrantAsItWas) {
  const GrantName row{{"eu-central-1", SomeKey().id, "id", "grantee", "retiring"},
                      std::string("\0\xff/digest", 9)};
  const auto read = Table<GrantName>::Decode(Table<GrantName>::Encode(row));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->digest, row.digest);
  EXPECT_EQ(read->retiring, "retiring");
  EXPECT_EQ(Table<GrantName>::RowKey(*read),
            "eu-central-1/12345678-1234-4234-9234-123456789012/00ff2f646967657374");
}

TEST(Tables, LeadFromAUniqueIdToAnArn) {
  const PrincipalArn row{"AIDAEXAMPLE", "arn:aws:iam::111122223333:user/anna"};
  const auto read = Table<PrincipalArn>::Decode(Table<PrincipalArn>::Encode(row));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->arn, row.arn);
  EXPECT_EQ(Table<PrincipalArn>::RowKey(*read), "AIDAEXAMPLE");
}

TEST(Tables, GiveBackAMaterialAsItWas) {
  domain::KeyMaterial material;
  material.id.bits.fill(9);
  material.key_id = SomeKey().id;
  material.account = "111122223333";
  material.region = "eu-central-1";
  material.dialect = domain::WrapDialect::kPkcs11WrapPad;
  material.root_generation = 3;
  material.length_bytes = 32;
  material.blob = {1, 2, 3, 0, 255};
  const auto read =
      Table<domain::KeyMaterial>::Decode(Table<domain::KeyMaterial>::Encode(material));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->blob, material.blob);
  EXPECT_EQ(read->dialect, material.dialect);
  EXPECT_EQ(read->root_generation, 3U);
  EXPECT_EQ(read->length_bytes, 32U);
  EXPECT_EQ(read->state, domain::KeyMaterialState::kCurrent);
  EXPECT_EQ(read->import_state, domain::ImportState::kImported);
  EXPECT_FALSE(read->rotated || read->rotation_type || read->expiration_model || read->valid_to);
}

TEST(Tables, GiveBackARotatedImportedMaterialAsItWas) {
  domain::KeyMaterial material;
  material.dialect = domain::WrapDialect::kProcessSeal;
  material.public_key = {0x30, 0};
  material.state = domain::KeyMaterialState::kPendingMultiRegionImportAndRotation;
  material.rotated = FromEpochMillis(5);
  material.rotation_type = domain::RotationType::kOnDemand;
  material.import_state = domain::ImportState::kPendingImport;
  material.description = "of 2026";
  material.expiration_model = domain::ExpirationModel::kDoesNotExpire;
  material.valid_to = FromEpochMillis(6);
  const std::string row = Table<domain::KeyMaterial>::Encode(material);
  const auto read = Table<domain::KeyMaterial>::Decode(row);
  ASSERT_TRUE(read);
  EXPECT_EQ(Table<domain::KeyMaterial>::Encode(*read), row);
  EXPECT_EQ(read->public_key, material.public_key);
  EXPECT_EQ(read->state, material.state);
  EXPECT_EQ(read->rotated, material.rotated);
  EXPECT_EQ(read->rotation_type, material.rotation_type);
  EXPECT_EQ(read->import_state, material.import_state);
  EXPECT_EQ(read->description, material.description);
  EXPECT_EQ(read->valid_to, material.valid_to);
}

TEST(Tables, RefuseBytesOfAnotherKind) {
  EXPECT_FALSE(Table<domain::Key>::Decode("garbage"));
  EXPECT_FALSE(Table<domain::Key>::Decode(""));
  EXPECT_FALSE(Table<AccountKey>::Decode("only-one-part"));
  EXPECT_FALSE(Table<KeyAlias>::Decode("eu-central-1/no-key-id/alias/x"));
}

TEST(Tables, KeepSlashesOfAliasNamesInTheLastPart) {
  const KeyAlias row{"eu-central-1", SomeKey().id, "alias/team/key"};
  const auto read = Table<KeyAlias>::Decode(Table<KeyAlias>::Encode(row));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->alias_name, "alias/team/key");
  EXPECT_EQ(Table<KeyAlias>::RowKey(row),
            "eu-central-1/12345678-1234-4234-9234-123456789012/alias/team/key");
}

}  // namespace
}  // namespace kmaas::records
