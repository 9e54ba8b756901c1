// The front end as a function: from forms to XML and audit records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/aws_query/query_door.h"

namespace kmaas::aws_query {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string CodeOf(const Answer& answer) {
  const std::size_t begin = answer.body.find("<Code>");
  const std::size_t end = answer.body.find("</Code>");
  if (begin == std::string::npos || end == std::string::npos) return answer.body;
  return std::to_string(answer.status) + " " + answer.body.substr(begin + 6, end - begin - 6);
}

http::Request WithHeader(http::Request request, const std::string& name, const std::string& value) {
  request.headers.push_back({name, value});
  return request;
}

TEST(QueryCall, AnswersInTheFormOfTheService) {
  QueryDoor door;
  const Answer made = door.Call("CreateUser&UserName=alice");
  EXPECT_EQ(made.status, 200U);
  EXPECT_THAT(made.body,
              StartsWith("<CreateUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"
                         "<CreateUserResult><User><Path>/</Path><UserName>alice</UserName>"));
  EXPECT_THAT(made.body,
              HasSubstr(":user/alice</Arn><CreateDate>2026-11-24T12:00:00Z</CreateDate></User>"));
  EXPECT_THAT(made.body, HasSubstr("</CreateUserResult><ResponseMetadata><RequestId>"));
}

TEST(QueryCall, HasNoResultWithoutOutput) {
  QueryDoor door;
  (void)door.Call("CreateUser&UserName=alice");
  const Answer tagged =
      door.Call("TagUser&UserName=alice&Tags.member.1.Key=a&Tags.member.1.Value=b");
  EXPECT_THAT(tagged.body, Not(HasSubstr("TagUserResult")));
  EXPECT_THAT(tagged.body, HasSubstr("<TagUserResponse xmlns="));
}

TEST(QueryCall, TellsErrorsByTheirCodes) {
  QueryDoor door;
  const Answer missing = door.Call("GetUser&UserName=bob");
  EXPECT_EQ(CodeOf(missing), "404 NoSuchEntity");
  EXPECT_THAT(missing.body,
              HasSubstr("<Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>The user with "
                        "name bob cannot be found.</Message></Error><RequestId>"));
  EXPECT_EQ(door.core.audit.records().back().error_code, "NoSuchEntity");
  EXPECT_EQ(door.core.audit.records().back().event_source, "iam.amazonaws.com");
  EXPECT_EQ(CodeOf(door.Call("CreateUser")), "400 ValidationError");
  EXPECT_EQ(CodeOf(door.Call("GetUser&UserName=%zz")), "400 MalformedQueryString");
  EXPECT_EQ(CodeOf(door.Call("GetUser&UserName=a&UserName=a")), "400 MalformedQueryString");
}

TEST(QueryCall, KnowsNoActionThatIsNotThere) {
  QueryDoor door;
  const Answer unknown = door.Call("ListServerCertificates");
  EXPECT_EQ(CodeOf(unknown), "400 InvalidAction");
  EXPECT_THAT(unknown.body, HasSubstr("Could not find operation ListServerCertificates for version "
                                      "2010-05-08"));
  for (const char* body : {"Action=GetUser&Version=2011-06-15", "Action=GetUser", "Version=1",
                           "Action=Encrypt&Version=2010-05-08", "",
                           "Action=GetUser&Version=2010-05-08&Version=2010-05-08",
                           "Action=GetUser&Action=GetUser&Version=2010-05-08"})
    EXPECT_EQ(door.Send(door.Signed(body)).status, 400U) << body;
}

TEST(QueryCall, IsSignedForItsServiceInOneOfTwoRegions) {
  QueryDoor door;
  const std::string body = "Action=ListUsers&Version=2010-05-08";
  EXPECT_EQ(door.Send(door.Signed(body, "us-east-1")).status, 200U);
  EXPECT_EQ(door.Send(door.Signed(body, api::kRegion)).status, 200U);
  EXPECT_EQ(CodeOf(door.Send(door.Signed(body, "eu-west-1"))), "403 SignatureDoesNotMatch");
  http::Request changed = door.Signed(body);
  changed.body += "&MaxItems=1";
  const Answer refused = door.Send(changed);
  EXPECT_EQ(CodeOf(refused), "403 SignatureDoesNotMatch");
  EXPECT_TRUE(refused.close);
  http::Request bare = door.Signed(body);
  bare.headers.pop_back();
  EXPECT_EQ(CodeOf(door.Send(bare)), "403 MissingAuthenticationToken");
}

// What a stranger sends is not looked into beyond the two names that choose the operation.
TEST(QueryCall, IsAuthenticatedBeforeItsParametersAreRead) {
  QueryDoor door;
  http::Request request = door.Signed("Action=GetUser&Version=2010-05-08&UserName=%zz");
  request.headers.pop_back();
  EXPECT_EQ(CodeOf(door.Send(request)), "403 MissingAuthenticationToken");
  EXPECT_EQ(door.core.audit.records().back().event_name, "GetUser");
}

// Signed, a plus in a link stands for itself; read as a blank it would be another request.
TEST(QueryCall, TakesNoPlusInALink) {
  QueryDoor door;
  (void)door.Call("CreateUser&UserName=a%2Bb");
  http::Request link = door.SignedLink("/?Action=GetUser&UserName=a%2Bb&Version=2010-05-08");
  EXPECT_EQ(door.Send(link).status, 200U);
  link.target = "/?Action=GetUser&UserName=a+b&Version=2010-05-08";
  EXPECT_EQ(CodeOf(door.Send(link)), "400 MalformedQueryString");
}

TEST(QueryRequest, IsAFormWithoutATarget) {
  QueryDoor door;
  const http::Request form = door.Signed("Action=GetUser&Version=2010-05-08");
  EXPECT_TRUE(IsQueryRequest(form));
  EXPECT_FALSE(IsQueryRequest(WithHeader(form, "X-AMZ-TARGET", "TrentService.Encrypt")));
  EXPECT_FALSE(IsQueryRequest(WithHeader(form, "X-Amz-Target", "")));
  EXPECT_FALSE(IsQueryRequest(WithHeader(form, "Content-Type", "application/json")));
  http::Request other = form;
  other.method = "GET";
  EXPECT_FALSE(IsQueryRequest(other));
  other = form;
  other.target = "/healthz";
  EXPECT_FALSE(IsQueryRequest(other));
  other = form;
  other.headers.erase(other.headers.begin() + 1);
  EXPECT_FALSE(IsQueryRequest(other));
}

}  // namespace
}  // namespace kmaas::aws_query
