// The rows of imports, key stores, deleted keys, use and due work: each comes back as it was.
#include <gtest/gtest.h>

#include <set>

#include "records/catalog.h"
#include "records/due_work.h"
#include "records/tables.h"
#include "tests/fakes/memory_store.h"

namespace kmaas::records {
namespace {

const domain::KeyId kKeyId = *domain::KeyId::Parse("12345678-1234-4234-9234-123456789012");
constexpr char kAccount[] = "111122223333";
constexpr char kRegion[] = "eu-central-1";

// Whether everything of `record` is in its row.
template <class T>
T Returned(const T& record) {
  const std::string row = Table<T>::Encode(record);
  const auto read = Table<T>::Decode(row);
  EXPECT_TRUE(read);
  if (!read) return {};
  EXPECT_EQ(Table<T>::Encode(*read), row);
  EXPECT_EQ(Table<T>::RowKey(*read), Table<T>::RowKey(record));
  return *read;
}

TEST(LifecycleTables, GiveBackAnImportKey) {
  domain::ImportKey key;
  key.id.bits.fill(3);
  key.key_id = kKeyId;
  key.account = kAccount;
  key.region = kRegion;
  key.spec = domain::WrappingKeySpec::kRsa4096;
  key.algorithm = domain::WrappingAlgorithm::kRsaAesKeyWrapSha1;
  key.public_key = {1, 2, 0};
  key.created = FromEpochMillis(7);
  key.valid_to = key.created + domain::kImportKeyLife;
  const domain::ImportKey read = Returned(key);
  EXPECT_EQ(read.id, key.id);
  EXPECT_EQ(read.algorithm, key.algorithm);
  EXPECT_EQ(read.spec, key.spec);
  EXPECT_EQ(read.public_key, key.public_key);
  EXPECT_EQ(read.valid_to, key.valid_to);
  EXPECT_EQ(Table<domain::ImportKey>::RowKey(read),
            "eu-central-1/12345678-1234-4234-9234-123456789012/03030303030303030303030303030303");
}

TEST(LifecycleTables, GiveBackACustomKeyStore) {
  domain::CustomKeyStore store;
  store.id = "cks-0123456789abcdef0";
  store.account = kAccount;
  store.region = kRegion;
  store.name = "a/b";
  store.cloud_hsm_cluster_id = "cluster-abcdefg2345";
  store.trust_anchor_certificate = "certificate";
  store.token_label = "second";
  store.token_serial = "serial";
  store.sealed_password = {9, 0, 9};
  store.connection_state = domain::ConnectionState::kFailed;
  store.connection_error_code = domain::ConnectionErrorCode::kUserLockedOut;
  store.created = FromEpochMillis(8);
  const domain::CustomKeyStore read = Returned(store);
  EXPECT_EQ(read.sealed_password, store.sealed_password);
  EXPECT_EQ(read.connection_state, store.connection_state);
  EXPECT_EQ(read.connection_error_code, store.connection_error_code);
  EXPECT_EQ(read.token_serial, "serial");
  EXPECT_TRUE(domain::IsCustomKeyStoreId(store.id));
  EXPECT_FALSE(domain::IsCustomKeyStoreId("cks-0123456789ABCDEF0"));
  EXPECT_FALSE(domain::IsCustomKeyStoreId("cks-0123456789abcdef"));
}

TEST(LifecycleTables, GiveBackADeletedKey) {
  domain::DeletedKey key;
  key.id = kKeyId;
  key.account = kAccount;
  key.region = kRegion;
  key.spec = domain::KeySpec::kHmac512;
  key.usage = domain::KeyUsage::kGenerateVerifyMac;
  key.token_serial = "serial";
  key.request = {FromEpochMillis(1), 7, FromEpochMillis(2), "arn:who", "asked"};
  key.deleted = FromEpochMillis(3);
  key.event_id = "done";
  key.materials.emplace_back();
  key.materials.front().id.bits.fill(4);
  key.materials.front().custody = domain::Custody::kResident;
  key.materials.front().blob_digest = {5, 5};
  key.aliases = {"alias/a", "alias/b"};
  key.grants = 2;
  const domain::DeletedKey read = Returned(key);
  EXPECT_EQ(read.request.requested_by, "arn:who");
  EXPECT_EQ(read.request.date, key.request.date);
  ASSERT_EQ(read.materials.size(), 1U);
  EXPECT_EQ(read.materials.front().id, key.materials.front().id);
  EXPECT_EQ(read.materials.front().custody, domain::Custody::kResident);
  EXPECT_EQ(read.aliases, key.aliases);
  EXPECT_EQ(read.grants, 2U);
}

TEST(LifecycleTables, KeepEveryDeletionOfAKeyThatWasMadeAgain) {
  domain::DeletedKey first;
  first.id = kKeyId;
  first.region = kRegion;
  first.event_id = "first";
  domain::DeletedKey second = first;
  second.event_id = "second";
  const std::string row = Table<domain::DeletedKey>::RowKey(first);
  EXPECT_NE(row, Table<domain::DeletedKey>::RowKey(second));
  EXPECT_TRUE(row.starts_with(KeyRow(kRegion, kKeyId)));
}

TEST(LifecycleTables, GiveBackTheUseOfAKeyAndItsKeyStore) {
  const domain::KeyUse use{kRegion, kKeyId, "Decrypt", FromEpochMillis(9), "event", "request"};
  const domain::KeyUse read = Returned(use);
  EXPECT_EQ(read.operation, "Decrypt");
  EXPECT_EQ(read.time, use.time);
  EXPECT_EQ(read.request_id, "request");
  const StoreKey row = Returned(StoreKey{"cks-0", kRegion, kKeyId});
  EXPECT_TRUE(Table<StoreKey>::RowKey(row).starts_with(StoreKeysPrefix("cks-0")));
}

TEST(LifecycleTables, RefuseBytesOfAnotherKind) {
  EXPECT_FALSE(Table<domain::ImportKey>::Decode(""));
  EXPECT_FALSE(Table<domain::CustomKeyStore>::Decode(""));
  EXPECT_FALSE(Table<domain::DeletedKey>::Decode(""));
  EXPECT_FALSE(Table<domain::KeyUse>::Decode(""));
  EXPECT_FALSE(Table<DueWork>::Decode(""));
  EXPECT_FALSE(Table<StoreKey>::Decode(""));
}

WallTime Day(int day) { return FromEpochMillis(std::int64_t{day} * 86'400'000); }

domain::Key SomeKey() {
  domain::Key key;
  key.id = kKeyId;
  key.region = kRegion;
  return key;
}

std::string Described(const std::vector<DueWork>& due) {
  std::string text;
  for (const DueWork& one : due) {
    text += std::string(ToText(one.work)) + " " +
            std::to_string(ToEpochMillis(one.due) / 86'400'000) + "; ";
  }
  return text;
}

TEST(DueWork, OfAKeyIsItsDeletionAndItsRotations) {
  domain::Key key = SomeKey();
  EXPECT_EQ(Described(DueOf(key)), "");
  key.rotation = {true, 90, Day(90), Day(2), 1};
  EXPECT_EQ(Described(DueOf(key)), "rotate-key 90; rotate-key 2; ");
  key.state = domain::KeyState::kDisabled;
  EXPECT_EQ(Described(DueOf(key)), "");
  key.state = domain::KeyState::kPendingDeletion;
  key.deletion = domain::PendingDeletion{.date = Day(30)};
  EXPECT_EQ(Described(DueOf(key)), "delete-key 30; ");
  key.deletion->date.reset();
  EXPECT_EQ(Described(DueOf(key)), "");
}

TEST(DueWork, OfAReplicaIsItsDeletionOnly) {
  domain::Key key = SomeKey();
  key.rotation = {true, 90, Day(90), std::nullopt, 0};
  key.multi_region = domain::MultiRegion{"us-east-1", {kRegion}};
  EXPECT_EQ(Described(DueOf(key)), "");
  key.multi_region->primary_region = kRegion;
  EXPECT_EQ(Described(DueOf(key)), "rotate-key 90; ");
}

TEST(DueWork, OfMaterialIsItsExpiryWhileItIsThere) {
  domain::KeyMaterial material;
  EXPECT_EQ(Described(DueOf(material)), "");
  material.valid_to = Day(5);
  EXPECT_EQ(Described(DueOf(material)), "expire-material 5; ");
  EXPECT_EQ(DueOf(material).front().subject, material.id.ToText());
  material.import_state = domain::ImportState::kPendingImport;
  EXPECT_EQ(Described(DueOf(material)), "");
  domain::ImportKey import_key;
  import_key.valid_to = Day(1);
  EXPECT_EQ(Described(DueOf(import_key)), "end-import-key 1; ");
}

class Schedule : public testing::Test {
 protected:
  std::string Rows() {
    std::string rows;
    const auto page = catalog_.List<DueWork>("", "", 100);
    EXPECT_TRUE(page);
    for (const ports::Row& row : page->rows) {
      const auto due = Table<DueWork>::Decode(row.value);
      EXPECT_TRUE(due);
      EXPECT_EQ(Table<DueWork>::RowKey(*due), row.key);
      rows += Described({*due});
      last_key_ = row.key;
    }
    return rows;
  }
  void Change(const domain::Key& before, const domain::Key& after) {
    EXPECT_TRUE(catalog_.Write(
        [&](Changes& changes) { return Reschedule(changes, DueOf(before), DueOf(after)); },
        Deadline::Never()));
  }

  fakes::MemoryStore store_;
  Catalog catalog_{store_};
  std::string last_key_;
};

TEST_F(Schedule, FollowsTheKey) {
  const domain::Key idle = SomeKey();
  domain::Key rotating = SomeKey();
  rotating.rotation = {true, 90, Day(90), Day(2), 1};
  Change(idle, rotating);
  EXPECT_EQ(Rows(), "rotate-key 2; rotate-key 90; ");
  domain::Key rotated = rotating;
  rotated.rotation.on_demand_started.reset();
  rotated.rotation.next = Day(180);
  Change(rotating, rotated);
  EXPECT_EQ(Rows(), "rotate-key 180; ");
  Change(rotated, idle);
  EXPECT_EQ(Rows(), "");
}

TEST_F(Schedule, SortsByTimeAndShowsWhatIsDue) {
  domain::Key key = SomeKey();
  key.rotation = {true, 90, Day(90), std::nullopt, 0};
  Change(SomeKey(), key);
  EXPECT_EQ(Rows(), "rotate-key 90; ");
  EXPECT_GT(last_key_, DueUpTo(Day(90) - std::chrono::milliseconds(1)));
  EXPECT_LT(last_key_, DueUpTo(Day(90)));
  EXPECT_LT(DueUpTo(Day(9)), DueUpTo(Day(1000)));
  EXPECT_LT(DueUpTo(WallTime::min()), DueUpTo(Day(1)));
}

}  // namespace
}  // namespace kmaas::records
