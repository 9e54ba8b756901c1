// Replies as JSON: members that are set, in AWS's names and forms.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/unit/aws_json/codec.h"

namespace kmaas::aws_json {
namespace {

std::string Deletion(double seconds) {
  v1::ScheduleKeyDeletionResponse reply;
  reply.set_deletion_date(seconds);
  return Encode(reply);
}

TEST(JsonReply, IsEmptyForAnOperationWithoutOutput) {
  EXPECT_EQ(Encode(v1::EnableKeyResponse()), "");
  EXPECT_EQ(Encode(v1::CreateAliasResponse()), "");
  EXPECT_EQ(Encode(v1::PutKeyPolicyResponse()), "");
}

TEST(JsonReply, OmitsWhatIsNotSet) {
  EXPECT_EQ(Encode(v1::EncryptResponse()), "{}");
  EXPECT_EQ(Encode(v1::DescribeKeyResponse()), "{}");
  v1::EncryptResponse reply;
  reply.set_key_id("");
  reply.set_ciphertext_blob("");
  EXPECT_EQ(Encode(reply), R"({"CiphertextBlob":"","KeyId":""})");
  v1::DescribeKeyResponse described;
  described.mutable_key_metadata()->set_enabled(false);
  described.mutable_key_metadata()->set_pending_deletion_window_in_days(0);
  EXPECT_EQ(Encode(described),
            R"({"KeyMetadata":{"Enabled":false,"PendingDeletionWindowInDays":0}})");
}

TEST(JsonReply, WritesBlobsInBase64) {
  v1::DecryptResponse reply;
  reply.set_plaintext(std::string("\0\xff\x90\xff", 4));
  EXPECT_EQ(Encode(reply), R"({"Plaintext":"AP+Q/w=="})");
}

TEST(JsonReply, WritesTimestampsInSeconds) {
  const std::pair<double, const char*> written[] = {{1795521600, "1795521600"},
                                                    {1795521600.5, "1795521600.5"},
                                                    {1795521600.123, "1795521600.123"},
                                                    {1795521600.02, "1795521600.02"},
                                                    {1795521600.001, "1795521600.001"},
                                                    {1795521600.0004, "1795521600"},
                                                    {0, "0"},
                                                    {-0.5, "-0.5"},
                                                    {-1795521600.25, "-1795521600.25"},
                                                    {253402300799, "253402300799"}};
  for (const auto& [seconds, text] : written) {
    EXPECT_EQ(Deletion(seconds), std::string(R"({"DeletionDate":)") + text + "}");
  }
}

// What is not a time still makes a body that parses.
TEST(JsonReply, WritesNoNumberThatJsonLacks) {
  using Limits = std::numeric_limits<double>;
  for (const double seconds :
       {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity(), 1e300}) {
    EXPECT_EQ(Deletion(seconds), R"({"DeletionDate":0})");
  }
  EXPECT_EQ(Deletion(-0.0), R"({"DeletionDate":0})");
  EXPECT_EQ(Deletion(-0.0001), R"({"DeletionDate":0})");
}

TEST(JsonReply, EscapesTexts) {
  v1::GetKeyPolicyResponse reply;
  reply.set_policy(std::string("{\"a\":\n\t\"\\\x01\x7f\0\"}\xc3\xa9/", 17));
  EXPECT_EQ(Encode(reply), R"({"Policy":"{\"a\":\n\t\"\\\u0001\u007f\u0000\"}é/"})");
}

TEST(JsonReply, HoldsTheListsOfAPage) {
  v1::ListKeysResponse page;
  page.set_truncated(false);
  EXPECT_EQ(Encode(page), R"({"Keys":[],"Truncated":false})");
  page.add_keys()->set_key_id("a");
  page.add_keys();
  page.set_next_marker("m");
  page.set_truncated(true);
  EXPECT_EQ(Encode(page), R"({"Keys":[{"KeyId":"a"},{}],"NextMarker":"m","Truncated":true})");
  v1::ListKeyPoliciesResponse names;
  names.add_policy_names("default");
  EXPECT_EQ(Encode(names), R"({"PolicyNames":["default"]})");
}

TEST(JsonReply, OmitsOtherListsThatAreEmpty) {
  v1::KeyMetadata metadata;
  metadata.set_aws_account_id("111122223333");
  EXPECT_EQ(Encode(metadata), R"({"AWSAccountId":"111122223333"})");
  metadata.add_encryption_algorithms("SYMMETRIC_DEFAULT");
  metadata.mutable_multi_region_configuration();
  EXPECT_EQ(Encode(metadata),
            R"({"AWSAccountId":"111122223333","EncryptionAlgorithms":["SYMMETRIC_DEFAULT"],)"
            R"("MultiRegionConfiguration":{}})");
}

TEST(JsonReply, WritesMaps) {
  v1::EncryptRequest request;
  EXPECT_EQ(Encode(request), "{}");
  (*request.mutable_encryption_context())["a\""] = "b\n";
  EXPECT_EQ(Encode(request), R"({"EncryptionContext":{"a\"":"b\n"}})");
}

// Growing would leave a piece of a plaintext in freed memory.
TEST(JsonReply, IsAllocatedOnce) {
  v1::DecryptResponse reply;
  reply.set_plaintext(std::string(4096, '\x17'));
  reply.set_key_id(std::string(2048, 'k'));
  const std::string json = Encode(reply);
  EXPECT_LE(json.size(), json.capacity());
  EXPECT_GE(json.capacity(), 2 * reply.ByteSizeLong());
  EXPECT_EQ(Decode<v1::DecryptResponse>(json)->plaintext(), reply.plaintext());
}

}  // namespace
}  // namespace kmaas::aws_json
