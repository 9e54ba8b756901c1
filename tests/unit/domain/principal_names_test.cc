#include "domain/principal_names.h"

#include <gtest/gtest.h>

namespace kmaas::domain {
namespace {

TEST(PrincipalArn, IsThatOfAnAccountAUserARoleOrASession) {
  for (const char* arn : {"arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/alice",
                          "arn:aws:iam::111122223333:user/division/team/alice@example.org",
                          "arn:aws:iam::111122223333:role/service-role/app_1+=,.-",
                          "arn:aws:sts::111122223333:assumed-role/app/session",
                          "arn:aws:sts::111122223333:federated-user/bob"})
    EXPECT_TRUE(IsPrincipalArn(arn)) << arn;
}

TEST(PrincipalArn, HasOneSpelling) {
  for (const char* arn : {"",
                          "*",
                          "111122223333",
                          "alice",
                          "AIDAEXAMPLE",
                          "dynamodb.amazonaws.com",
                          "arn:aws:iam::111122223333:",
                          "arn:aws:iam::111122223333:*",
                          "arn:aws:iam::111122223333:user",
                          "arn:aws:iam::111122223333:user/",
                          "arn:aws:iam::111122223333:user//alice",
                          "arn:aws:iam::111122223333:user/alice/",
                          "arn:aws:iam::111122223333:user/al*ce",
                          "arn:aws:iam::111122223333:user/al ice",
                          "arn:aws:iam::111122223333:user/al:ice",
                          "arn:aws:iam::111122223333:user/al%2Fice",
                          "arn:aws:iam::111122223333:group/team",
                          "arn:aws:iam::111122223333:root/x",
                          "arn:aws:iam::111122223333:Root",
                          "arn:aws:iam:eu-central-1:111122223333:root",
                          "arn:aws:iam::11112222333:root",
                          "arn:aws:iam:::root",
                          "arn:aws-cn:iam::111122223333:root",
                          "ARN:aws:iam::111122223333:root",
                          "arn:aws:sts::111122223333:assumed-role/app",
                          "arn:aws:sts::111122223333:assumed-role/app/session/x",
                          "arn:aws:sts::111122223333:root",
                          "arn:aws:kms::111122223333:user/alice",
                          " arn:aws:iam::111122223333:root"})
    EXPECT_FALSE(IsPrincipalArn(arn)) << arn;
  EXPECT_FALSE(IsPrincipalArn(std::string_view("arn:aws:iam::111122223333:user/a\0b", 35)));
}

TEST(ServicePrincipal, HasThreeLabelsOrMore) {
  EXPECT_TRUE(IsServicePrincipal("dynamodb.amazonaws.com"));
  EXPECT_TRUE(IsServicePrincipal("a-1.eu-central-1.amazonaws.com"));
  for (const char* name : {"", "amazonaws.com", "x", "a..b", ".a.b.c", "a.b.c.", "a_b.c.d",
                           "arn:aws:iam::111122223333:root", "a.b.c\n"})
    EXPECT_FALSE(IsServicePrincipal(name)) << name;
}

Principal Caller(PrincipalType type, const std::string& arn, const std::string& id) {
  Principal principal;
  principal.type = type;
  principal.arn = arn;
  principal.user_id = id;
  return principal;
}

TEST(LastingName, IsTheUniqueIdOfWhoCanBeMadeAnew) {
  const auto user = Caller(PrincipalType::kIamUser, "user-arn", "AIDAONE");
  const auto root = Caller(PrincipalType::kRoot, "root-arn", "111122223333");
  const auto service = Caller(PrincipalType::kService, "s3.amazonaws.com", "");
  EXPECT_EQ(LastingNameOf(user), "AIDAONE");
  EXPECT_EQ(LastingNameOf(root), "root-arn");
  EXPECT_EQ(LastingNameOf(service), "s3.amazonaws.com");
  EXPECT_TRUE(NamesCaller("AIDAONE", user));
  EXPECT_FALSE(NamesCaller("AIDATWO", user));
  EXPECT_FALSE(NamesCaller("111122223333", root));
  EXPECT_FALSE(NamesCaller("", service));
}

TEST(LastingName, OfARoleIsThatOfItsSessions) {
  auto session = std::make_shared<Session>();
  session->role_id = "AROAONE";
  session->role_arn = "role-arn";
  Principal caller = Caller(PrincipalType::kAssumedRole, "session-arn", "AROAONE:day");
  EXPECT_FALSE(NamesRoleOf("AROAONE", caller));
  caller.session = session;
  EXPECT_TRUE(NamesRoleOf("AROAONE", caller));
  EXPECT_TRUE(NamesRoleOf("role-arn", caller));
  EXPECT_FALSE(NamesRoleOf("AROAONE:day", caller));
  EXPECT_TRUE(NamesCaller("AROAONE:day", caller));
  EXPECT_FALSE(NamesCaller("AROAONE:night", caller));
}

}  // namespace
}  // namespace kmaas::domain
