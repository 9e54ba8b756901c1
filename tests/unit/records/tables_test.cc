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
  key.deletion_date = FromEpochMillis(1'700'600'000'000);
  key.current_material.bits.fill(7);
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
  EXPECT_EQ(read->deletion_date, SomeKey().deletion_date);
  EXPECT_EQ(read->created, SomeKey().created);
  EXPECT_EQ(read->current_material, SomeKey().current_material);
  ASSERT_EQ(read->tags.size(), 2U);
  EXPECT_EQ(read->tags[1].key, "two");
  EXPECT_EQ(read->grants, 50'000U);
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
