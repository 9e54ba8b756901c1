#include <gtest/gtest.h>

#include "tests/api/sts_world.h"

namespace kmaas::api {
namespace {

const std::string kToAnyRole = Document(R"([{"Effect":"Allow","Action":"sts:*","Resource":"*"}])");
const std::string kTheAccount = R"({"AWS":"111122223333"})";

class AssumeRole : public testing::Test, protected StsWorld {
 protected:
  Error ErrorOf(const domain::Principal& caller, const sts::AssumeRoleRequest& request) {
    const auto reply = Assume(caller, request);
    EXPECT_FALSE(reply);
    return reply ? Error{ErrorCode::kKmsInternal, ""} : reply.error();
  }
  // A session of the role that PutRole made last.
  domain::Principal Within(const domain::Principal& caller, const sts::AssumeRoleRequest& request) {
    const auto reply = Assume(caller, request);
    EXPECT_TRUE(reply) << reply.error().message << reply.error().detail;
    return Open(reply->credentials());
  }
  std::chrono::seconds Span(const domain::Principal& who) {
    return std::chrono::duration_cast<std::chrono::seconds>(who.session->expires -
                                                            who.session->issued);
  }
};

TEST_F(AssumeRole, GivesWhomTheTrustPolicyNamesASession) {
  const auto reply = Assume(Jane(), Request());
  ASSERT_TRUE(reply) << reply.error().message << reply.error().detail;
  EXPECT_EQ(reply->assumed_role_user().arn(),
            "arn:aws:sts::111122223333:assumed-role/auditor/jane-at-work");
  EXPECT_EQ(reply->assumed_role_user().assumed_role_id(), "AROAauditor:jane-at-work");
  EXPECT_EQ(reply->packed_policy_size(), 0);
  const domain::Principal who = Open(reply->credentials());
  EXPECT_EQ(who.arn, reply->assumed_role_user().arn());
  EXPECT_EQ(who.session->role_arn, kAuditor);
  EXPECT_EQ(Span(who), std::chrono::hours(1));
  EXPECT_FALSE(who.session->mfa_time);
  EXPECT_FALSE(who.session->chained);
  EXPECT_EQ(reply->credentials().expiration(), ToEpochSeconds(who.session->expires));
}

TEST_F(AssumeRole, AsksTheCallersPoliciesWhereTheTrustPolicyLeavesItToHisAccount) {
  PutRole(Trust(kTheAccount));
  EXPECT_EQ(ErrorOf(Jane(), Request()).code, ErrorCode::kAccessDenied);
  EXPECT_TRUE(Assume(Jane(kToAnyRole), Request()));
}

TEST_F(AssumeRole, RefusesInTheSameWordsARoleThatIsNotThere) {
  PutRole(Trust(R"({"AWS":"arn:aws:iam::111122223333:user/john"})"));
  const Error refused = ErrorOf(Jane(kToAnyRole), Request());
  EXPECT_EQ(refused.code, ErrorCode::kAccessDenied);
  EXPECT_EQ(refused.message,
            "User: arn:aws:iam::111122223333:user/jane is not authorized to perform: "
            "sts:AssumeRole on resource: arn:aws:iam::111122223333:role/ops/auditor");
  for (const std::string arn :
       {"arn:aws:iam::111122223333:role/auditor", "arn:aws:iam::111122223333:role/ops/AUDITOR",
        "arn:aws:iam::999999999999:role/ops/auditor", "arn:aws:iam::111122223333:user/auditor"}) {
    const Error missing = ErrorOf(Jane(kToAnyRole), Request(arn));
    EXPECT_EQ(missing.message.substr(0, missing.message.rfind(' ')),
              refused.message.substr(0, refused.message.rfind(' ')));
  }
}

TEST_F(AssumeRole, RefusesTheRootAndWhatIsNoRole) {
  domain::Principal root{
      domain::PrincipalType::kRoot, kAccount, "arn:aws:iam::111122223333:root", kAccount, "", ""};
  EXPECT_EQ(ErrorOf(root, Request()).message, "Roles may not be assumed by root accounts.");
  EXPECT_EQ(ErrorOf(Jane(), Request("no arn but twenty chars")).code, ErrorCode::kValidation);
}

TEST_F(AssumeRole, AsksForTheExternalId) {
  const std::string principal = R"({"AWS":")" + std::string(kJane) + R"("})";
  PutRole(Trust(principal, R"("sts:AssumeRole")", R"({"StringEquals":{"sts:ExternalId":"4711"}})"));
  sts::AssumeRoleRequest request = Request();
  EXPECT_FALSE(Assume(Jane(), request));
  request.set_external_id("4712");
  EXPECT_FALSE(Assume(Jane(), request));
  request.set_external_id("4711");
  EXPECT_TRUE(Assume(Jane(), request));
}

TEST_F(AssumeRole, KeepsToTheSpanOfTheRole) {
  sts::AssumeRoleRequest request = Request();
  request.set_duration_seconds(900);
  EXPECT_EQ(Span(Within(Jane(), request)), std::chrono::seconds(900));
  for (const int seconds : {899, 3601, 43200, 43201}) {
    request.set_duration_seconds(seconds);
    EXPECT_EQ(ErrorOf(Jane(), request).code, ErrorCode::kValidation) << seconds;
  }
  role.session_seconds_max = 43200;
  PutRole(role.trust_policy);
  request.set_duration_seconds(43200);
  EXPECT_EQ(Span(Within(Jane(), request)), std::chrono::hours(12));
}

TEST_F(AssumeRole, LetsAChainLastAnHour) {
  const domain::Principal first = Within(Jane(), Request());
  role.session_seconds_max = 43200;
  PutRole(Trust(R"({"AWS":")" + std::string(kAuditor) + R"("})"), "second", "/");
  sts::AssumeRoleRequest request = Request("arn:aws:iam::111122223333:role/second");
  const domain::Principal second = Within(first, request);
  EXPECT_TRUE(second.session->chained);
  request.set_duration_seconds(3601);
  EXPECT_EQ(ErrorOf(first, request).code, ErrorCode::kValidation);
  EXPECT_TRUE(Assume(Jane(), Request()));
}

TEST_F(AssumeRole, PutsASessionPolicyAroundTheSession) {
  sts::AssumeRoleRequest request = Request();
  request.set_policy(kToAnyRole);
  request.add_policy_arns()->set_arn("arn:aws:iam::aws:policy/AdministratorAccess");
  const domain::Principal who = Within(Jane(), request);
  EXPECT_EQ(who.session->policy, kToAnyRole);
  EXPECT_EQ(who.session->policy_arns.size(), 1U);
  request.set_policy("{}");
  EXPECT_EQ(ErrorOf(Jane(), request).code, ErrorCode::kMalformedPolicyDocument);
  request.clear_policy();
  request.add_policy_arns()->set_arn("arn:aws:iam::111122223333:policy/nobody-made-it");
  EXPECT_EQ(ErrorOf(Jane(), request).code, ErrorCode::kValidation);
}

TEST_F(AssumeRole, SaysHowFullTheTokenIs) {
  sts::AssumeRoleRequest request = Request();
  for (int i = 0; i < 10; ++i) {
    sts::Tag& tag = *request.add_tags();
    tag.set_key("tag" + std::to_string(i));
    tag.set_value(std::string(196, 'x'));
  }
  EXPECT_EQ(Assume(Jane(), request)->packed_policy_size(), 50);
  for (sts::Tag& tag : *request.mutable_tags()) tag.set_value(std::string(256, 'x'));
  request.set_policy(kToAnyRole + std::string(1900, ' '));
  EXPECT_EQ(ErrorOf(Jane(), request).code, ErrorCode::kPackedPolicyTooLarge);
}

TEST_F(AssumeRole, WantsAPermissionForTagsAndForTheSourceIdentity) {
  PutRole(Trust(R"({"AWS":")" + std::string(kJane) + R"("})", R"("sts:AssumeRole")"));
  sts::AssumeRoleRequest request = Request();
  EXPECT_TRUE(Assume(Jane(), request));
  request.set_source_identity("jane.doe");
  EXPECT_EQ(ErrorOf(Jane(), request).code, ErrorCode::kAccessDenied);
  request.clear_source_identity();
  sts::Tag& tag = *request.add_tags();
  tag.set_key("Team");
  tag.set_value("a");
  EXPECT_EQ(ErrorOf(Jane(), request).code, ErrorCode::kAccessDenied);
}

TEST_F(AssumeRole, HandsDownTransitiveTagsAndTheSourceIdentity) {
  sts::AssumeRoleRequest request = Request();
  request.set_source_identity("jane.doe");
  for (const char* key : {"Team", "Room"}) {
    sts::Tag& tag = *request.add_tags();
    tag.set_key(key);
    tag.set_value("1");
  }
  request.add_transitive_tag_keys("team");
  const domain::Principal first = Within(Jane(), request);
  PutRole(Trust(R"({"AWS":")" + std::string(kAuditor) + R"("})"), "second", "/");
  sts::AssumeRoleRequest next = Request("arn:aws:iam::111122223333:role/second");
  const domain::Principal second = Within(first, next);
  EXPECT_EQ(second.session->tags,
            (std::vector<std::pair<std::string, std::string>>{{"Team", "1"}}));
  EXPECT_EQ(second.session->transitive_tag_keys, std::vector<std::string>{"Team"});
  EXPECT_EQ(second.session->source_identity, "jane.doe");
  next.set_source_identity("somebody");
  EXPECT_EQ(ErrorOf(first, next).code, ErrorCode::kAccessDenied);
  next.clear_source_identity();
  sts::Tag& tag = *next.add_tags();
  tag.set_key("TEAM");
  tag.set_value("2");
  EXPECT_EQ(ErrorOf(first, next).code, ErrorCode::kValidation);
}

TEST_F(AssumeRole, RefusesTagsThatAwsRefuses) {
  const auto with = [&](std::vector<std::string> keys, const std::string& transitive = "") {
    sts::AssumeRoleRequest request = Request();
    for (const std::string& key : keys) {
      request.add_tags()->set_key(key);
      request.mutable_tags()->rbegin()->set_value("v");
    }
    if (!transitive.empty()) request.add_transitive_tag_keys(transitive);
    return request;
  };
  for (const auto& request : {with({"a", "A"}), with({"aws:x"}), with({"AWS:x"}), with({"a*"}),
                              with({"a"}, "b"), with({std::string(129, 'a')})})
    EXPECT_EQ(ErrorOf(Jane(), request).code, ErrorCode::kValidation);
  EXPECT_TRUE(Assume(Jane(), with({"Größe", "a b_.:/=+-@"}, "a b_.:/=+-@")));
}

TEST_F(AssumeRole, WritesDownWhoBecameWhom) {
  ASSERT_TRUE(Assume(Jane(), Request()));
  const ports::AuditRecord record = core.audit.records().back();
  EXPECT_EQ(record.principal->arn, kJane);
  EXPECT_EQ(record.event_name, "AssumeRole");
  EXPECT_EQ(record.resources.front().arn, kAuditor);
  EXPECT_NE(record.response_elements_json.find("assumed-role/auditor"), std::string::npos);
  EXPECT_NE(record.response_elements_json.find("ASIA"), std::string::npos);
  EXPECT_NE(record.deciding_statement.find("trust policy"), std::string::npos);
}

}  // namespace
}  // namespace kmaas::api
