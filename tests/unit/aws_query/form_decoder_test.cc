// From forms to messages of the API.
#include "frontends/aws_query/form_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kmaas/iam/v1/iam.pb.h"

namespace kmaas::aws_query {
namespace {

namespace iam = ::kmaas::iam::v1;

template <class Message>
std::string Decoded(std::string_view body) {
  Message message;
  const auto done = DecodeForm(body, message);
  if (!done) return "refused: " + done.error().message;
  return message.ShortDebugString();
}

TEST(FormDecoder, ReadsMembersByTheirNames) {
  EXPECT_EQ(Decoded<iam::CreateUserRequest>("Action=CreateUser&UserName=alice&Path=%2Fa%2F"),
            R"(path: "/a/" user_name: "alice")");
  EXPECT_EQ(Decoded<iam::ListUsersRequest>("MaxItems=7"), "max_items: 7");
  EXPECT_EQ(Decoded<iam::CreatePolicyVersionRequest>("SetAsDefault=true"), "set_as_default: true");
  EXPECT_EQ(Decoded<iam::CreatePolicyVersionRequest>("SetAsDefault=false"),
            "set_as_default: false");
}

TEST(FormDecoder, ReadsListsInTheOrderOfTheirNumbers) {
  EXPECT_EQ(Decoded<iam::UntagUserRequest>("TagKeys.member.2=b&TagKeys.member.1=a"),
            R"(tag_keys: "a" tag_keys: "b")");
  EXPECT_EQ(
      Decoded<iam::TagUserRequest>("Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=l"),
      R"(tags { key: "k" value: "v" } tags { key: "l" })");
  std::string body;
  for (int i = 1; i <= 11; ++i)
    body += "TagKeys.member." + std::to_string(i) + "=" + std::to_string(i) + "&";
  EXPECT_THAT(Decoded<iam::UntagUserRequest>(body),
              testing::EndsWith(R"(tag_keys: "9" tag_keys: "10" tag_keys: "11")"));
}

TEST(FormDecoder, TakesAnEmptyValueForAnEmptyList) {
  EXPECT_EQ(Decoded<iam::UntagUserRequest>("UserName=a&TagKeys="), R"(user_name: "a")");
}

TEST(FormDecoder, PassesOverWhatItDoesNotKnow) {
  EXPECT_EQ(Decoded<iam::GetUserRequest>("Version=2010-05-08&Foo=1&UserName=a&Bar.member.1=2"),
            R"(user_name: "a")");
  EXPECT_EQ(Decoded<iam::TagUserRequest>("Tags.member.1.Key=k&Tags.member.1.Colour=red"),
            R"(tags { key: "k" })");
}

TEST(FormDecoder, RefusesListsWithGapsAndOtherForms) {
  for (const char* body :
       {"TagKeys.member.2=b", "TagKeys.member.0=a", "TagKeys.member.01=a", "TagKeys.member=a",
        "TagKeys.1=a", "TagKeys=a", "TagKeys.entry.1=a", "TagKeys.member.1=a&TagKeys.member.3=c",
        "TagKeys.member.1.Key=a", "TagKeys=&TagKeys.member.1=a", "TagKeys.member.-1=a",
        "TagKeys.member.1=a&TagKeys.other=b"})
    EXPECT_THAT(Decoded<iam::UntagUserRequest>(body), testing::StartsWith("refused: ")) << body;
}

TEST(FormDecoder, RefusesValuesThatDoNotFit) {
  for (const char* body : {"MaxItems=", "MaxItems=x", "MaxItems=1.0", "MaxItems=+1", "MaxItems= 1",
                           "MaxItems=99999999999", "MaxItems.member.1=1", "Marker.x=1"})
    EXPECT_THAT(Decoded<iam::ListUsersRequest>(body), testing::StartsWith("refused: ")) << body;
  EXPECT_THAT(Decoded<iam::CreatePolicyVersionRequest>("SetAsDefault=True"),
              testing::StartsWith("refused: "));
}

TEST(FormDecoder, RefusesDeepNames) {
  std::string name = "a";
  for (int i = 0; i < 100'000; ++i) name += ".a";
  EXPECT_THAT(Decoded<iam::GetUserRequest>(name + "=1"), testing::StartsWith("refused: "));
}

}  // namespace
}  // namespace kmaas::aws_query
