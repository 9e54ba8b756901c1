#include <gtest/gtest.h>

#include "identity/sealed_secrets.h"
#include "identity/stored_credentials.h"
#include "tests/fakes/faulty_store.h"
#include "tests/fakes/memory_store.h"
#include "tests/unit/identity/session_fixture.h"

namespace kmaas::identity {
namespace {

class SessionCredentialsTest : public testing::Test, protected TokenBench {
 protected:
  SessionCredentialsTest() {
    role.account = user.account = parent.account = "111122223333";
    role.name = "auditor";
    role.path = "/ops/";
    role.role_id = "AROAAAAAAAAAAAAAAAAAA";
    user.name = parent.user_name = "jane";
    user.path = "/";
    user.user_id = "AIDAJANE";
    parent.id = "AKIAPARENTPARENTPARE";
    Put(role);
    Put(user);
    Put(parent);
    role_session = *tokens->Issue(OfRole(RoleSession(clock.Now())));
    user_session = *tokens->Issue(OfUser("jane", "AIDAJANE", clock.Now()));
  }
  template <class T>
  void Put(const T& record) {
    ASSERT_TRUE(catalog.Write([&](records::Changes& changes) { return changes.Put(record); },
                              Deadline::Never()));
  }
  template <class T>
  void Delete(const T& record) {
    const auto change = [&](records::Changes& changes) {
      return changes.Delete<T>(records::Table<T>::RowKey(record));
    };
    ASSERT_TRUE(catalog.Write(change, Deadline::Never()));
  }
  std::shared_ptr<const ports::AccessKey> Find(const ports::IssuedSession& session) {
    return *credentials.FindSession(session.access_key_id, session.token);
  }

  fakes::MemoryStore memory;
  fakes::FaultyStore store{memory};
  records::Catalog catalog{store};
  SealedSecrets secrets{engine, random};
  SessionCredentials sessions{catalog, *tokens, clock};
  StoredCredentials credentials{catalog, secrets, clock, &sessions};
  records::Role role;
  records::User user;
  records::StoredAccessKey parent;
  ports::IssuedSession role_session;
  ports::IssuedSession user_session;
};

TEST_F(SessionCredentialsTest, FindsTheSameCredentialsForTheSameToken) {
  const auto found = Find(role_session);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, role_session.access_key_id);
  EXPECT_EQ(AsText(found->secret.view()), AsText(role_session.secret.view()));
  EXPECT_EQ(found->principal.arn, "arn:aws:sts::111122223333:assumed-role/auditor/jane");
  EXPECT_EQ(Find(role_session), found);
  EXPECT_NE(Find(user_session), found);
}

TEST_F(SessionCredentialsTest, KnowsNoSessionWithoutItsToken) {
  ASSERT_TRUE(Find(role_session));
  EXPECT_EQ(*credentials.FindAccessKey(role_session.access_key_id), nullptr);
  EXPECT_EQ(*credentials.FindSession(role_session.access_key_id, ""), nullptr);
  EXPECT_EQ(*credentials.FindSession(role_session.access_key_id, user_session.token), nullptr);
  EXPECT_EQ(*credentials.FindSession(user_session.access_key_id, role_session.token), nullptr);
  EXPECT_EQ(*credentials.FindSession(parent.id, user_session.token), nullptr);
}

TEST_F(SessionCredentialsTest, SaysThatAGenuineTokenIsExpired) {
  ASSERT_TRUE(Find(role_session));
  clock.Advance(std::chrono::minutes(60) - std::chrono::milliseconds(1));
  EXPECT_TRUE(Find(role_session));
  clock.Advance(std::chrono::milliseconds(1));
  for (int i = 0; i < 2; ++i) {
    const auto late = credentials.FindSession(role_session.access_key_id, role_session.token);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::kExpiredToken);
    EXPECT_EQ(late.error().message, "The security token included in the request is expired");
  }
  EXPECT_TRUE(Find(user_session));
}

TEST_F(SessionCredentialsTest, EndsASessionWithItsRole) {
  ASSERT_TRUE(Find(role_session));
  Delete(role);
  EXPECT_FALSE(Find(role_session));
  records::Role anew = role;
  anew.role_id = "AROABBBBBBBBBBBBBBBBB";
  Put(anew);
  EXPECT_FALSE(Find(role_session));
  Put(role);
  EXPECT_TRUE(Find(role_session));
}

TEST_F(SessionCredentialsTest, EndsASessionWithItsUser) {
  ASSERT_TRUE(Find(user_session));
  records::User anew = user;
  anew.user_id = "AIDAANEW";
  Put(anew);
  EXPECT_FALSE(Find(user_session));
  Delete(user);
  EXPECT_FALSE(Find(user_session));
  Put(user);
  EXPECT_TRUE(Find(user_session));
}

TEST_F(SessionCredentialsTest, EndsAUsersSessionWithTheKeyThatItWasAskedForWith) {
  ASSERT_TRUE(Find(user_session));
  parent.active = false;
  Put(parent);
  EXPECT_FALSE(Find(user_session));
  EXPECT_TRUE(Find(role_session));
  parent.active = true;
  Put(parent);
  EXPECT_TRUE(Find(user_session));
  records::StoredAccessKey of_another = parent;
  of_another.user_name = "john";
  Put(of_another);
  EXPECT_FALSE(Find(user_session));
  Delete(parent);
  EXPECT_FALSE(Find(user_session));
}

TEST_F(SessionCredentialsTest, PassesOnThatTheStoreFails) {
  ASSERT_TRUE(Find(role_session));
  Put(role);  // out of the row cache
  store.FailNth(1);
  EXPECT_FALSE(credentials.FindSession(role_session.access_key_id, role_session.token));
  EXPECT_TRUE(Find(role_session));
}

TEST_F(SessionCredentialsTest, StaysWithinItsBoundsUnderManySessions) {
  for (int i = 0; i < 6'000; ++i) {
    const auto session = *tokens->Issue(OfRole(RoleSession(clock.Now())));
    const auto found = Find(session);
    ASSERT_TRUE(found);
    ASSERT_EQ(AsText(found->secret.view()), AsText(session.secret.view()));
  }
  EXPECT_TRUE(Find(role_session));
}

TEST_F(SessionCredentialsTest, HasNoSessionsWithoutTokens) {
  StoredCredentials plain(catalog, secrets, clock);
  EXPECT_EQ(*plain.FindSession(role_session.access_key_id, role_session.token), nullptr);
}

}  // namespace
}  // namespace kmaas::identity
