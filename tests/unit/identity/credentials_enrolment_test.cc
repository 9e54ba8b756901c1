#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "identity/enrolment.h"
#include "tests/fakes/fake_crypto_engine.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/seeded_random.h"

namespace kmaas::identity {
namespace {

using testing::MatchesRegex;

class EnrolmentTest : public testing::Test {
 protected:
  fakes::ManualClock clock;
  fakes::SeededRandom random;
  fakes::FakeCryptoEngine engine;
  Result<records::Account> Account(std::string_view id, std::string_view name) {
    return MakeAccount(id, name, {random, clock.Now()});
  }
  Result<records::User> User(const records::Account& account, std::string_view name,
                             std::string_view path = "/") {
    return MakeUser(account, name, path, {random, clock.Now()});
  }
  Result<NewAccessKey> AccessKey(const records::User& user) {
    return MakeAccessKey(user, engine, {random, clock.Now()}, Deadline::Never());
  }
};

TEST_F(EnrolmentTest, FormsIdentifiersAsAwsDoes) {
  const auto account = Account("", "Example");
  ASSERT_TRUE(account);
  EXPECT_THAT(account->id, MatchesRegex("[1-9][0-9]{11}"));
  const auto user = User(*account, "administrator");
  ASSERT_TRUE(user);
  EXPECT_THAT(user->user_id, MatchesRegex("AIDA[A-Z2-7]{17}"));
  EXPECT_EQ(user->arn(), "arn:aws:iam::" + account->id + ":user/administrator");
  const auto key = AccessKey(*user);
  ASSERT_TRUE(key);
  EXPECT_THAT(key->row.id, MatchesRegex("AKIA[A-Z2-7]{16}"));
  EXPECT_THAT(ToString(key->secret.view()), MatchesRegex("[A-Za-z0-9+/]{40}"));
  EXPECT_TRUE(key->row.active);
  EXPECT_EQ(key->row.created, clock.Now());
}

TEST_F(EnrolmentTest, TakesTheSecretFromTheToken) {
  const auto user = *User({"111122223333", "", {}}, "administrator");
  std::set<std::string> secrets;
  for (int i = 0; i < 50; ++i) {
    secrets.insert(ToString(AccessKey(user)->secret.view()));
  }
  EXPECT_EQ(secrets.size(), 50U);
  engine.SetAway(true);
  EXPECT_EQ(AccessKey(user).error().code, ErrorCode::kDependencyTimeout);
}

TEST_F(EnrolmentTest, RefusesNamesThatAwsRefuses) {
  for (const char* id : {"1", "11112222333", "1111222233334", "11112222333x", "111122223333 "}) {
    EXPECT_FALSE(Account(id, "name")) << id;
  }
  EXPECT_FALSE(Account("111122223333", ""));
  EXPECT_FALSE(Account("111122223333", std::string(51, 'x')));
  EXPECT_FALSE(Account("111122223333", "a\nb"));
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a/b"),
                                  std::string("a:b"), std::string(65, 'x'), std::string("ä")}) {
    EXPECT_FALSE(User({"111122223333", "", {}}, name)) << name;
  }
  for (const char* path : {"", "x", "/x", "x/", "/ /", "/\x7f/"}) {
    EXPECT_FALSE(User({"111122223333", "", {}}, "name", path)) << path;
  }
  EXPECT_TRUE(User({"111122223333", "", {}}, "a.b+c=d,e@f_g-h", "/x/y/"));
}

TEST_F(EnrolmentTest, ReplacesNothingThatExists) {
  fakes::MemoryStore store;
  records::Catalog catalog(store);
  const auto account = *Account("111122223333", "Example");
  const auto user = *User(account, "administrator");
  const auto key = AccessKey(user)->row;
  const auto add_all = [&](records::Changes& changes) -> Result<void> {
    KM_CHECK(AddNew(changes, account));
    KM_CHECK(AddNew(changes, user));
    return AddNew(changes, key);
  };
  ASSERT_TRUE(catalog.Write(add_all, Deadline::Never()));
  for (const auto& again : std::vector<std::function<Result<void>(records::Changes&)>>{
           [&](auto& changes) { return AddNew(changes, account); },
           [&](auto& changes) { return AddNew(changes, user); },
           [&](auto& changes) { return AddNew(changes, key); }}) {
    EXPECT_EQ(catalog.Write(again, Deadline::Never()).error().code, ErrorCode::kAlreadyExists);
  }
}

}  // namespace
}  // namespace kmaas::identity
