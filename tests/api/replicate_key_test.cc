// ReplicateKey: what a replica shares with its primary, what it has for itself, and who may make
// it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/two_regions.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;
using testing::ElementsAre;
using testing::HasSubstr;

class ReplicateKeyTest : public testing::Test {
 protected:
  // The whole answer to a refusal.
  void ExpectRefused(const Result<core::WipedMessage>& reply, ErrorCode code,
                     const std::string& message) {
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, code) << reply.error().message;
    EXPECT_EQ(reply.error().message, message);
  }
  kms::ReplicateKeyResponse Replicated(const kms::ReplicateKeyRequest& request) {
    return regions_.Must<kms::ReplicateKeyResponse>(kRegion, "ReplicateKey", request);
  }
  kms::ReplicateKeyRequest RequestFor(const std::string& id) {
    kms::ReplicateKeyRequest request;
    request.set_key_id(id);
    request.set_replica_region(kOtherRegion);
    return request;
  }
  std::size_t Rows(std::string_view table) { return *regions_.world.store.Count(table); }

  TwoRegions regions_;
};

TEST_F(ReplicateKeyTest, AnswersAReplicaThatIsStillMade) {
  kms::ReplicateKeyRequest request = RequestFor(regions_.MakePrimary());
  request.set_description("in the west");
  request.add_tags()->set_tag_key("Team");
  request.mutable_tags(0)->set_tag_value("blue");
  const kms::ReplicateKeyResponse reply = Replicated(request);
  EXPECT_EQ(reply.replica_key_metadata().arn(), ArnIn(kOtherRegion, request.key_id()));
  EXPECT_EQ(reply.replica_key_metadata().key_state(), "Creating");
  EXPECT_FALSE(reply.replica_key_metadata().enabled());
  EXPECT_EQ(reply.replica_key_metadata().description(), "in the west");
  EXPECT_THAT(reply.replica_policy(), HasSubstr("Enable IAM User Permissions"));
  ASSERT_EQ(reply.replica_tags_size(), 1);
  EXPECT_EQ(reply.replica_tags(0).tag_value(), "blue");
}

TEST_F(ReplicateKeyTest, SharesWhatMakesTheKeysInteroperable) {
  const std::string id = regions_.MakePair();
  const domain::Key primary = regions_.KeyIn(kRegion, id);
  const domain::Key replica = regions_.KeyIn(kOtherRegion, id);
  EXPECT_EQ(replica.id, primary.id);
  EXPECT_EQ(replica.spec, primary.spec);
  EXPECT_EQ(replica.usage, primary.usage);
  EXPECT_EQ(replica.origin, primary.origin);
  EXPECT_EQ(replica.custody, primary.custody);
  EXPECT_EQ(replica.current_material, primary.current_material);
  EXPECT_EQ(replica.rotation.enabled, primary.rotation.enabled);
  EXPECT_EQ(replica.multi_region->primary_region, kRegion);
  EXPECT_THAT(replica.multi_region->replica_regions, ElementsAre(kOtherRegion));
  EXPECT_THAT(primary.multi_region->replica_regions, ElementsAre(kOtherRegion));
}

TEST_F(ReplicateKeyTest, GivesTheReplicaADescriptionTagsAliasesAndAStateOfItsOwn) {
  const std::string id = regions_.MakePair();
  kms::UpdateKeyDescriptionRequest describe;
  describe.set_description("here only");
  ASSERT_TRUE(regions_.On(kRegion, "UpdateKeyDescription", id, describe));
  kms::TagResourceRequest tag;
  tag.add_tags()->set_tag_key("Team");
  tag.mutable_tags(0)->set_tag_value("blue");
  ASSERT_TRUE(regions_.On(kRegion, "TagResource", id, tag));
  kms::CreateAliasRequest alias;
  alias.set_alias_name("alias/orders");
  alias.set_target_key_id(id);
  ASSERT_TRUE(regions_.Send(kRegion, "CreateAlias", alias));
  ASSERT_TRUE(regions_.On<kms::DisableKeyRequest>(kRegion, "DisableKey", id));
  const domain::Key replica = regions_.KeyIn(kOtherRegion, id);
  EXPECT_EQ(replica.description, "");
  EXPECT_TRUE(replica.tags.empty());
  EXPECT_EQ(replica.state, domain::KeyState::kEnabled);
  EXPECT_FALSE(regions_.On<kms::DescribeKeyRequest>(kOtherRegion, "DescribeKey", "alias/orders"));
}

TEST_F(ReplicateKeyTest, LetsEachRegionOpenWhatTheOtherSealed) {
  const std::string id = regions_.MakePair();
  for (const auto& [here, there] : {std::pair(kRegion, kOtherRegion), {kOtherRegion, kRegion}}) {
    kms::EncryptRequest encrypt;
    encrypt.set_key_id(id);
    encrypt.set_plaintext("a secret");
    kms::DecryptRequest decrypt;
    decrypt.set_ciphertext_blob(
        regions_.Must<kms::EncryptResponse>(here, "Encrypt", encrypt).ciphertext_blob());
    const auto opened = regions_.Must<kms::DecryptResponse>(there, "Decrypt", decrypt);
    EXPECT_EQ(opened.plaintext(), "a secret");
    EXPECT_EQ(opened.key_id(), ArnIn(there, id));
  }
}

TEST_F(ReplicateKeyTest, DescribesAllKeysInEachRegion) {
  const std::string id = regions_.MakePair();
  for (const char* region : {kRegion, kOtherRegion}) {
    const auto configuration = regions_.Describe(region, id).multi_region_configuration();
    EXPECT_EQ(configuration.multi_region_key_type(), region == kRegion ? "PRIMARY" : "REPLICA");
    EXPECT_EQ(configuration.primary_key().arn(), ArnIn(kRegion, id));
    ASSERT_EQ(configuration.replica_keys_size(), 1);
    EXPECT_EQ(configuration.replica_keys(0).arn(), ArnIn(kOtherRegion, id));
    EXPECT_EQ(configuration.replica_keys(0).region(), kOtherRegion);
  }
}

TEST_F(ReplicateKeyTest, ListsTheReplicaInItsRegion) {
  const std::string id = regions_.MakePair();
  const auto listed =
      regions_.Must<kms::ListKeysResponse>(kOtherRegion, "ListKeys", kms::ListKeysRequest());
  ASSERT_EQ(listed.keys_size(), 1);
  EXPECT_EQ(listed.keys(0).key_arn(), ArnIn(kOtherRegion, id));
}

TEST_F(ReplicateKeyTest, NamesBothKeysInItsRecord) {
  const std::string id = regions_.MakePair();
  const ports::AuditRecord record = regions_.world.audit.records().back();
  EXPECT_EQ(record.event_name, "ReplicateKey");
  EXPECT_EQ(record.region, kRegion);
  ASSERT_EQ(record.resources.size(), 2U);
  EXPECT_EQ(record.resources[1].arn, ArnIn(kOtherRegion, id));
}

TEST_F(ReplicateKeyTest, CopiesEveryMaterialThatTheKeyEverHad) {
  const std::string id = regions_.MakePrimary();
  const domain::Key primary = regions_.KeyIn(kRegion, id);
  auto old = **regions_.world.catalog.Find<domain::KeyMaterial>(
      records::MaterialRow(kRegion, primary.id, *primary.current_material));
  for (std::uint8_t n = 0; n < 250; ++n) {
    old.id.bits.fill(n);
    regions_.world.Put(old);
  }
  ASSERT_TRUE(regions_.Replicate(id));
  EXPECT_EQ(Rows("key_materials"), 2U * 251U);
}

// Each Region imports for itself, and only what the primary has: the id of the material says so.
TEST_F(ReplicateKeyTest, LeavesImportedMaterialToBeImportedAgain) {
  const std::string id = regions_.MakePrimary("EXTERNAL");
  domain::Key primary = regions_.KeyIn(kRegion, id);
  domain::KeyMaterial material;
  material.id.bits.fill(7);
  material.key_id = primary.id;
  material.account = primary.account;
  material.region = kRegion;
  material.origin = primary.origin;
  material.blob = {1, 2, 3};
  material.expiration_model = domain::ExpirationModel::kDoesNotExpire;
  primary.current_material = material.id;
  primary.state = domain::KeyState::kEnabled;
  regions_.world.Put(material);
  regions_.world.Put(primary);
  ASSERT_TRUE(regions_.Replicate(id));
  const domain::Key replica = regions_.KeyIn(kOtherRegion, id);
  EXPECT_EQ(replica.state, domain::KeyState::kPendingImport);
  EXPECT_EQ(replica.current_material, material.id);
  EXPECT_FALSE(replica.expiration_model);
  const auto row = *regions_.world.catalog.Find<domain::KeyMaterial>(
      records::MaterialRow(kOtherRegion, primary.id, material.id));
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->import_state, domain::ImportState::kPendingImport);
  EXPECT_TRUE(row->blob.empty());
  EXPECT_FALSE(row->expiration_model);
}

TEST_F(ReplicateKeyTest, RefusesASecondKeyInARegion) {
  const std::string id = regions_.MakePair();
  const std::size_t rows = Rows("key_policies");
  ExpectRefused(regions_.Replicate(id), ErrorCode::kAlreadyExists,
                ArnIn(kOtherRegion, id) + " already exists.");
  ExpectRefused(regions_.Replicate(id, kRegion, kRegion), ErrorCode::kAlreadyExists,
                ArnIn(kRegion, id) + " already exists.");
  EXPECT_EQ(Rows("key_policies"), rows);
  EXPECT_EQ(regions_.KeyIn(kRegion, id).multi_region->replica_regions.size(), 1U);
}

TEST_F(ReplicateKeyTest, RefusesARegionThatIsNotServed) {
  const std::string id = regions_.MakePrimary();
  ExpectRefused(regions_.Replicate(id, kRegion, "mars-north-1"), ErrorCode::kUnsupportedOperation,
                "The Region mars-north-1 is not supported by this server.");
  EXPECT_TRUE(regions_.KeyIn(kRegion, id).multi_region->replica_regions.empty());
}

TEST_F(ReplicateKeyTest, RefusesWhatIsNoPrimary) {
  const std::string single = regions_.world.MakeKey();
  ExpectRefused(regions_.Replicate(single), ErrorCode::kUnsupportedOperation,
                single + " is not a multi-region primary key.");
  const std::string id = regions_.MakePair();
  ExpectRefused(regions_.Replicate(id, kOtherRegion, kRegion), ErrorCode::kUnsupportedOperation,
                ArnIn(kOtherRegion, id) + " is not a multi-region primary key.");
}

TEST_F(ReplicateKeyTest, RefusesAPolicyThatLocksItsMakerOut) {
  const std::string id = regions_.MakePrimary();
  kms::ReplicateKeyRequest request = RequestFor(id);
  request.set_policy(R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*",)"
                     R"("Action":"kms:PutKeyPolicy","Resource":"*"}]})");
  const auto refused = regions_.Send(kRegion, "ReplicateKey", request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kMalformedPolicyDocument);
  request.set_bypass_policy_lockout_safety_check(true);
  EXPECT_TRUE(regions_.Send(kRegion, "ReplicateKey", request));
}

TEST_F(ReplicateKeyTest, RefusesDuplicateTags) {
  kms::ReplicateKeyRequest request = RequestFor(regions_.MakePrimary());
  for (int i = 0; i < 2; ++i) {
    request.add_tags()->set_tag_key("Team");
    request.mutable_tags(i)->set_tag_value("blue");
  }
  const auto refused = regions_.Send(kRegion, "ReplicateKey", request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTag);
}

// What a user may do is put together from statements of one policy.
class ReplicateKeyRights : public ReplicateKeyTest {
 protected:
  // The refusal's message; empty: none.
  std::string Tried(const std::string& statements, bool with_tags = false) {
    records::User user;
    user.account = kAccount;
    user.name = "anna";
    user.path = "/";
    user.user_id = "AIDAANNA";
    user.policies.inline_policies = {
        {"own", R"({"Version":"2012-10-17","Statement":[)" + statements + "]}"}};
    regions_.world.Put(user);
    kms::ReplicateKeyRequest request = RequestFor(regions_.MakePrimary());
    if (with_tags) {
      request.add_tags()->set_tag_key("Team");
      request.mutable_tags(0)->set_tag_value("blue");
    }
    domain::Principal anna = Administrator();
    anna.arn = user.arn();
    anna.user_id = user.user_id;
    anna.user_name = user.name;
    const auto reply = regions_.SendAs(anna, kRegion, "ReplicateKey", request);
    return reply ? "" : reply.error().message;
  }
  static std::string Statement(const std::string& effect, const std::string& action,
                               const std::string& condition = "{}") {
    return R"({"Effect":")" + effect + R"(","Action":")" + action +
           R"(","Resource":"*","Condition":)" + condition + "}";
  }
};

TEST_F(ReplicateKeyRights, AreToReplicateHereAndToCreateThere) {
  const std::string replicate = Statement("Allow", "kms:ReplicateKey");
  EXPECT_THAT(Tried(replicate), HasSubstr("is not authorized to perform: kms:CreateKey"));
  EXPECT_THAT(Tried(Statement("Allow", "kms:CreateKey")),
              HasSubstr("is not authorized to perform: kms:ReplicateKey"));
  const auto create_in = [](const std::string& region) {
    return "," + Statement("Allow", "kms:CreateKey",
                           R"({"StringEquals":{"aws:RequestedRegion":")" + region + "\"}}");
  };
  EXPECT_EQ(Tried(replicate + create_in(kOtherRegion)), "");
  EXPECT_THAT(Tried(replicate + create_in(kRegion)),
              HasSubstr("is not authorized to perform: kms:CreateKey"));
}

TEST_F(ReplicateKeyRights, DependOnWhatIsMade) {
  const std::string both = Statement("Allow", "kms:ReplicateKey") + ",";
  const auto create = [&](const std::string& operand) {
    return Tried(both + Statement("Allow", "kms:CreateKey", operand));
  };
  EXPECT_EQ(create(R"({"StringEquals":{"kms:MultiRegionKeyType":"REPLICA",)"
                   R"("kms:KeySpec":"SYMMETRIC_DEFAULT","kms:KeyUsage":"ENCRYPT_DECRYPT",)"
                   R"("kms:KeyOrigin":"AWS_KMS"},"Bool":{"kms:MultiRegion":"true",)"
                   R"("kms:BypassPolicyLockoutSafetyCheck":"false"}})"),
            "");
  EXPECT_NE(create(R"({"StringEquals":{"kms:MultiRegionKeyType":"PRIMARY"}})"), "");
}

TEST_F(ReplicateKeyRights, DependOnTheRegionAndTheKindOfKey) {
  const std::string create = Statement("Allow", "kms:CreateKey") + ",";
  const auto replicate = [&](const std::string& operand) {
    return Tried(create + Statement("Allow", "kms:ReplicateKey", operand));
  };
  EXPECT_EQ(replicate(R"({"StringEquals":{"kms:ReplicaRegion":"eu-west-1",)"
                      R"("kms:MultiRegionKeyType":"PRIMARY"}})"),
            "");
  EXPECT_NE(replicate(R"({"StringEquals":{"kms:ReplicaRegion":"eu-west-2"}})"), "");
}

TEST_F(ReplicateKeyRights, AreMoreForTags) {
  const std::string both =
      Statement("Allow", "kms:ReplicateKey") + "," + Statement("Allow", "kms:CreateKey");
  EXPECT_THAT(Tried(both, true), HasSubstr("is not authorized to perform: kms:TagResource"));
  EXPECT_EQ(Tried(both + "," + Statement("Allow", "kms:TagResource"), true), "");
  const std::string only_there =
      "," + Statement("Allow", "kms:TagResource",
                      R"({"StringEquals":{"aws:RequestedRegion":"eu-west-1"}})");
  EXPECT_EQ(Tried(both + only_there, true), "");
  const std::string not_there =
      "," + Statement("Deny", "kms:TagResource",
                      R"({"StringEquals":{"aws:RequestedRegion":"eu-west-1"}})");
  EXPECT_THAT(Tried(both + "," + Statement("Allow", "kms:TagResource") + not_there, true),
              HasSubstr("with an explicit deny"));
}

}  // namespace
}  // namespace kmaas::api
