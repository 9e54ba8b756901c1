// From messages to XML.
#include "frontends/aws_query/xml_encoder.h"

#include <gtest/gtest.h>

#include "kmaas/iam/v1/iam.pb.h"

namespace kmaas::aws_query {
namespace {

namespace iam = ::kmaas::iam::v1;

std::string Encoded(const google::protobuf::Message& message) {
  std::string out;
  AppendXmlMembers(out, message);
  return out;
}

std::string Text(std::string_view text) {
  std::string out;
  AppendXmlText(out, text);
  return out;
}

TEST(XmlReply, WritesMembersInTheirOrder) {
  iam::GetUserResponse reply;
  iam::User& user = *reply.mutable_user();
  user.set_user_name("alice");
  user.set_path("/");
  user.set_create_date(1'764'000'000.25);
  EXPECT_EQ(Encoded(reply),
            "<User><Path>/</Path><UserName>alice</UserName>"
            "<CreateDate>2025-11-24T16:00:00Z</CreateDate></User>");
}

TEST(XmlReply, WritesListsOfTheAnswerAlsoWhenTheyAreEmpty) {
  iam::ListUsersResponse reply;
  reply.set_is_truncated(false);
  EXPECT_EQ(Encoded(reply), "<Users></Users><IsTruncated>false</IsTruncated>");
  reply.add_users()->set_user_name("a");
  reply.mutable_users(0)->add_tags()->set_key("k");
  EXPECT_EQ(Encoded(reply),
            "<Users><member><UserName>a</UserName><Tags><member><Key>k</Key></member></Tags>"
            "</member></Users><IsTruncated>false</IsTruncated>");
}

TEST(XmlReply, WritesMapsByKey) {
  iam::GetAccountSummaryResponse reply;
  (*reply.mutable_summary_map())["Users"] = 2;
  (*reply.mutable_summary_map())["Groups"] = 1;
  EXPECT_EQ(Encoded(reply),
            "<SummaryMap><entry><key>Groups</key><value>1</value></entry>"
            "<entry><key>Users</key><value>2</value></entry></SummaryMap>");
}

TEST(XmlReply, WritesBlobsInBase64AndDocumentsUrlEncoded) {
  iam::VirtualMFADevice device;
  device.set_base32_string_seed("ABC");
  EXPECT_EQ(Encoded(device), "<Base32StringSeed>QUJD</Base32StringSeed><Tags></Tags>");
  iam::GetUserPolicyResponse reply;
  reply.set_policy_document("{\"a\": \"\xc3\xa9~-._\"}");
  EXPECT_EQ(Encoded(reply), "<PolicyDocument>%7B%22a%22%3A%20%22%C3%A9~-._%22%7D</PolicyDocument>");
}

TEST(XmlText, EscapesMarkup) {
  EXPECT_EQ(Text("<a href=\"x\">&amp;</a>"), "&lt;a href=&quot;x&quot;&gt;&amp;amp;&lt;/a&gt;");
  EXPECT_EQ(Text("]]>"), "]]&gt;");
}

TEST(XmlText, ReplacesWhatXmlCannotHold) {
  EXPECT_EQ(Text(std::string_view("a\0b\x1b", 4)),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd");
  EXPECT_EQ(Text("\xef\xbf\xbe\xef\xbf\xbf"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(Text("\t\n\r"), "\t\n&#xD;");
}

}  // namespace
}  // namespace kmaas::aws_query
