#include <gtest/gtest.h>

#include "identity/enrolment.h"
#include "identity/stored_credentials.h"
#include "tests/fakes/fake_crypto_engine.h"
#include "tests/fakes/faulty_store.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/seeded_random.h"

namespace kmaas::identity {
namespace {

class StoredCredentialsTest : public testing::Test {
 protected:
  StoredCredentialsTest() {
    account = *MakeAccount("111122223333", "test", {random, clock.Now()});
    user = *MakeUser(account, "administrator", "/staff/", {random, clock.Now()});
    NewAccessKey made = *MakeAccessKey(user, engine, {random, clock.Now()}, Deadline::Never());
    key = made.row;
    secret = std::move(made.secret);
    Put(account);
    Put(user);
    Put(key);
  }
  template <class T>
  void Put(const T& record) {
    ASSERT_TRUE(catalog.Write([&](records::Changes& changes) { return changes.Put(record); },
                              Deadline::Never()));
  }
  template <class T>
  void Delete(const T& record) {
    ASSERT_TRUE(catalog.Write(
        [&](records::Changes& changes) {
          return changes.Delete<T>(records::Table<T>::RowKey(record));
        },
        Deadline::Never()));
  }
  std::shared_ptr<const ports::AccessKey> Find() { return *credentials.FindAccessKey(key.id); }

  fakes::ManualClock clock;
  fakes::SeededRandom random;
  fakes::FakeCryptoEngine engine;
  fakes::MemoryStore memory;
  fakes::FaultyStore store{memory};
  records::Catalog catalog{store};
  SealedSecrets secrets{engine, random};
  StoredCredentials credentials{catalog, secrets, clock};
  records::Account account;
  records::User user;
  records::StoredAccessKey key;
  SecretBytes secret;
};

TEST_F(StoredCredentialsTest, FindsAKeyWithItsSecretAndPrincipal) {
  const auto found = Find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, key.id);
  EXPECT_EQ(AsText(found->secret.view()), AsText(secret.view()));
  EXPECT_EQ(found->principal.type, domain::PrincipalType::kIamUser);
  EXPECT_EQ(found->principal.account, "111122223333");
  EXPECT_EQ(found->principal.arn, "arn:aws:iam::111122223333:user/staff/administrator");
  EXPECT_EQ(found->principal.user_id, user.user_id);
  EXPECT_EQ(found->principal.user_name, "administrator");
  EXPECT_EQ(found->principal.access_key_id, key.id);
}

TEST_F(StoredCredentialsTest, AsksTheTokenOncePerKey) {
  const auto first = Find();
  const auto calls = engine.calls();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Find(), first);
  EXPECT_EQ(engine.calls(), calls);
}

TEST_F(StoredCredentialsTest, HidesAKeyFromTheCallAfterItsDeactivation) {
  ASSERT_TRUE(Find());
  key.active = false;
  Put(key);
  EXPECT_FALSE(Find());
  key.active = true;
  Put(key);
  EXPECT_TRUE(Find());
}

TEST_F(StoredCredentialsTest, HidesADeletedKeyAndTheKeyOfADeletedUser) {
  ASSERT_TRUE(Find());
  Delete(user);
  EXPECT_FALSE(Find());
  Put(user);
  ASSERT_TRUE(Find());
  Delete(key);
  EXPECT_FALSE(Find());
}

TEST_F(StoredCredentialsTest, MakesANewKeyWhenARowChanges) {
  const auto before = Find();
  user.path = "/retired/";
  Put(user);
  const auto after = Find();
  ASSERT_TRUE(after);
  EXPECT_NE(before, after);
  EXPECT_EQ(after->principal.arn, "arn:aws:iam::111122223333:user/retired/administrator");
}

TEST_F(StoredCredentialsTest, KnowsNoKeyByAnotherId) {
  for (const std::string& id : {std::string(), std::string("AKIA"), key.id + "A",
                                std::string(1000, 'A'), std::string("../") + key.id}) {
    const auto found = credentials.FindAccessKey(id);
    ASSERT_TRUE(found) << id;
    EXPECT_EQ(*found, nullptr) << id;
  }
}

TEST_F(StoredCredentialsTest, PassesOnFailuresAndRecovers) {
  engine.SetAway(true);
  EXPECT_EQ(credentials.FindAccessKey(key.id).error().code, ErrorCode::kDependencyTimeout);
  engine.SetAway(false);
  EXPECT_TRUE(Find());
  key.active = true;
  Put(key);  // out of the row cache, so the next look-up reads the store
  store.FailNth(1);
  EXPECT_FALSE(credentials.FindAccessKey(key.id));
  EXPECT_TRUE(Find());
}

TEST_F(StoredCredentialsTest, StaysWithinItsBoundUnderManyKeys) {
  for (int i = 0; i < 10'000; ++i) {
    const NewAccessKey made =
        *MakeAccessKey(user, engine, {random, clock.Now()}, Deadline::Never());
    Put(made.row);
    const auto found = credentials.FindAccessKey(made.row.id);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ(AsText((*found)->secret.view()), AsText(made.secret.view()));
  }
  EXPECT_TRUE(Find());
}

TEST_F(StoredCredentialsTest, FindsPrincipalsByTheirWholeArn) {
  const auto found = *credentials.FindPrincipal(user.arn());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->arn, user.arn());
  EXPECT_EQ(found->access_key_id, "");
  const auto root = *credentials.FindPrincipal("arn:aws:iam::111122223333:root");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->type, domain::PrincipalType::kRoot);
  EXPECT_EQ(root->user_id, "111122223333");
}

TEST_F(StoredCredentialsTest, FindsNoPrincipalByAnythingElse) {
  for (const char* arn :
       {"", "*", "arn:aws:iam::111122223333:user/administrator",
        "arn:aws:iam::111122223333:user/staff/", "arn:aws:iam::111122223333:user/staff/nobody",
        "arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:user/staff/administrator",
        "arn:aws:sts::111122223333:user/staff/administrator",
        "arn:aws-cn:iam::111122223333:user/staff/administrator",
        "arn:aws:iam:eu-central-1:111122223333:user/staff/administrator",
        "arn:aws:iam::111122223333:role/administrator", "arn:aws:iam::111122223333:root/"}) {
    const auto found = credentials.FindPrincipal(arn);
    ASSERT_TRUE(found) << arn;
    EXPECT_FALSE(*found) << arn;
  }
}

}  // namespace
}  // namespace kmaas::identity
