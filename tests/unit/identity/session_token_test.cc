#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "tests/unit/identity/session_fixture.h"

namespace kmaas::identity {
namespace {

using testing::MatchesRegex;

class SessionTokenTest : public testing::Test, protected TokenBench {
 protected:
  ports::IssuedSession Issue() { return *tokens->Issue(OfRole(RoleSession(clock.Now()))); }
};

TEST_F(SessionTokenTest, FormsCredentialsAsAwsDoes) {
  const ports::IssuedSession issued = Issue();
  EXPECT_THAT(issued.access_key_id, MatchesRegex("ASIA[A-Z2-7]{16}"));
  EXPECT_THAT(ToString(issued.secret.view()), MatchesRegex("[A-Za-z0-9+/]{40}"));
  EXPECT_LT(issued.token.size(), 1024U);
}

TEST_F(SessionTokenTest, GivesBackARoleSessionWhole) {
  const domain::Session session = RoleSession(clock.Now());
  const ports::IssuedSession issued = *tokens->Issue(OfRole(session));
  const auto opened = tokens->Open(issued.access_key_id, issued.token);
  ASSERT_TRUE(opened);
  EXPECT_EQ(*opened->principal.session, session);
  EXPECT_EQ(opened->principal.type, domain::PrincipalType::kAssumedRole);
  EXPECT_EQ(opened->principal.account, "111122223333");
  EXPECT_EQ(opened->principal.arn, "arn:aws:sts::111122223333:assumed-role/auditor/jane");
  EXPECT_EQ(opened->principal.user_id, "AROAAAAAAAAAAAAAAAAAA:jane");
  EXPECT_EQ(opened->principal.access_key_id, issued.access_key_id);
  EXPECT_EQ(AsText(opened->secret.view()), AsText(issued.secret.view()));
}

TEST_F(SessionTokenTest, GivesBackAUsersSessionWithItsParentKey) {
  const auto issued = *tokens->Issue(OfUser("jane", "AIDAJANE", clock.Now()));
  const auto opened = tokens->Open(issued.access_key_id, issued.token);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->parent_access_key_id, "AKIAPARENTPARENTPARE");
  EXPECT_EQ(opened->principal.type, domain::PrincipalType::kIamUser);
  EXPECT_EQ(opened->principal.arn, "arn:aws:iam::111122223333:user/jane");
  EXPECT_EQ(opened->principal.user_id, "AIDAJANE");
  EXPECT_EQ(opened->principal.user_name, "jane");
  EXPECT_FALSE(opened->principal.session->mfa_time);
  EXPECT_EQ(opened->principal.session->expires, clock.Now() + std::chrono::hours(12));
}

TEST_F(SessionTokenTest, OpensAfterARestartAndAtNoOtherToken) {
  const ports::IssuedSession issued = Issue();
  fakes::FakeCryptoEngine restarted(nullptr, engine.token());
  EXPECT_TRUE((*SessionTokens::Create(restarted, random, Deadline::Never()))
                  ->Open(issued.access_key_id, issued.token));
  fakes::FakeCryptoEngine foreign;
  EXPECT_FALSE((*SessionTokens::Create(foreign, random, Deadline::Never()))
                   ->Open(issued.access_key_id, issued.token));
}

TEST_F(SessionTokenTest, RefusesEveryFlippedBit) {
  const ports::IssuedSession issued = Issue();
  std::string sealed;
  ASSERT_TRUE(Base64Decode(issued.token, sealed));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string other = sealed;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(tokens->Open(issued.access_key_id, Base64Encode(AsBytes(other)))) << bit;
  }
  EXPECT_TRUE(tokens->Open(issued.access_key_id, issued.token));
}

TEST_F(SessionTokenTest, RefusesEveryOtherSpelling) {
  const ports::IssuedSession issued = Issue();
  for (std::size_t size = 0; size < issued.token.size(); ++size)
    EXPECT_FALSE(tokens->Open(issued.access_key_id, issued.token.substr(0, size)));
  for (const std::string& token :
       {issued.token + "=", issued.token + "A", " " + issued.token, issued.token + "\n",
        issued.token + issued.token, std::string(100'000, 'A')})
    EXPECT_FALSE(tokens->Open(issued.access_key_id, token)) << token;
}

TEST_F(SessionTokenTest, RefusesTheTokenOfAnotherId) {
  const ports::IssuedSession one = Issue();
  const ports::IssuedSession other = Issue();
  EXPECT_NE(one.access_key_id, other.access_key_id);
  EXPECT_NE(AsText(one.secret.view()), AsText(other.secret.view()));
  EXPECT_FALSE(tokens->Open(one.access_key_id, other.token));
  EXPECT_FALSE(tokens->Open("", one.token));
  EXPECT_FALSE(tokens->Open("AKIAIOSFODNN7EXAMPLE", one.token));
}

TEST_F(SessionTokenTest, HoldsNeitherSecretNorNamesInClear) {
  const ports::IssuedSession issued = Issue();
  std::string sealed;
  ASSERT_TRUE(Base64Decode(issued.token, sealed));
  for (const std::string& text : {ToString(issued.secret.view()), std::string("auditor"),
                                  std::string("jane"), issued.access_key_id})
    EXPECT_EQ(sealed.find(text), std::string::npos) << text;
}

TEST_F(SessionTokenTest, IssuesNoneForOthersThanUsersAndRoles) {
  ports::NewSession root = OfUser("x", "111122223333", clock.Now());
  root.principal.type = domain::PrincipalType::kRoot;
  EXPECT_FALSE(tokens->Issue(root));
  ports::NewSession plain = OfUser("x", "AIDAX", clock.Now());
  plain.principal.session = nullptr;
  EXPECT_FALSE(tokens->Issue(plain));
}

TEST_F(SessionTokenTest, IssuesNoneThatItWouldNotOpen) {
  domain::Session session = RoleSession(clock.Now());
  session.policy = std::string(kSessionTokenBytesMax, 'x');
  EXPECT_EQ(tokens->Issue(OfRole(session)).error().code, ErrorCode::kKmsInternal);
}

TEST_F(SessionTokenTest, AsksTheHsmOnceAtStart) {
  const auto calls = engine.calls();
  const ports::IssuedSession issued = Issue();
  EXPECT_TRUE(tokens->Open(issued.access_key_id, issued.token));
  EXPECT_EQ(engine.calls(), calls);
  engine.SetAway(true);
  EXPECT_FALSE(SessionTokens::Create(engine, random, Deadline::Never()));
}

}  // namespace
}  // namespace kmaas::identity
