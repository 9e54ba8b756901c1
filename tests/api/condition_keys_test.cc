// Goal: every condition key that docs/authorisation.md calls served gets its value from a request
// that has one, and every other one is absent.
#include <cmath>
#include <map>
#include <set>

#include "base/encoding.h"
#include "core/request_conditions.h"
#include "core/role_trust.h"
#include "kmaas/sts/v1/sts.pb.h"
#include "records/noted_key_uses.h"
#include "tests/api/condition_parameters.h"
#include "tests/api/iam_fixture.h"
#include "tests/fakes/fixed_attestation.h"

namespace kmaas::api {
namespace {

namespace sts = ::kmaas::sts::v1;
using policy::KnownKey;
using Texts = std::vector<std::string>;

constexpr char kAddress[] = "192.0.2.7";
constexpr char kAgent[] = "tests/1.0";

// A family's key needs a member, here always the same one.
std::string WithMember(std::string_view name) {
  if (name == policy::NameOf(KnownKey::kRecipientAttestation)) return std::string(name) + "PCR0";
  const bool family = name.back() == '/' || name.back() == ':';
  return std::string(name) + (family ? "Team" : "");
}

// All names, as AWS writes them.
Texts AllNames() {
  Texts names;
  for (int i = 0; i < static_cast<int>(KnownKey::kOther); ++i)
    names.push_back(WithMember(policy::NameOf(static_cast<KnownKey>(i))));
  return names;
}

// Lets everything pass and keeps what each question answers to every key.
class Witness final : public core::Authoriser {
 public:
  Witness(records::Catalog& catalog, const Clock& clock)
      : catalog_(catalog), clock_(clock), sides_(catalog) {}

  Result<core::Verdict> Decide(const core::AccessQuestion& question) override {
    KM_TRY(const auto side, sides_.Of(question.principal));
    const core::RequestConditions conditions(question, *side, catalog_, clock_, kRegion);
    std::map<std::string, Texts> answers;
    for (const std::string& name : AllNames()) {
      std::vector<std::string_view> values;
      if (conditions.Values(*policy::ConditionKey::Parse(name), values))
        answers[name] = Texts(values.begin(), values.end());
    }
    questions.push_back(std::move(answers));
    return core::Verdict{"allowed", nullptr};
  }
  std::vector<std::map<std::string, Texts>> questions;

 private:
  records::Catalog& catalog_;
  const Clock& clock_;
  core::StoredIdentitySides sides_;
};

class ConditionKeys : public IamWorld {
 protected:
  ConditionKeys()
      : witness_(world_.catalog, world_.clock),
        pipeline_(world_.registry, world_.services, witness_),
        key_(world_.MakeKey()) {
    kms::CreateAliasRequest alias;
    alias.set_alias_name("alias/orders");
    alias.set_target_key_id(key_);
    (void)Must<kms::CreateAliasResponse>("CreateAlias", alias);
    kms::TagResourceRequest tag;
    tag.set_key_id(key_);
    tag.add_tags()->set_tag_key("team");
    tag.mutable_tags(0)->set_tag_value("key's");
    (void)Must<kms::TagResourceResponse>("TagResource", tag);
    anna_ = MakeTagged("anna");
    (void)MakeRole("worker");
  }
  domain::Principal MakeTagged(const std::string& name) {
    iam::CreateUserRequest user;
    user.set_user_name(name);
    user.set_permissions_boundary("arn:aws:iam::aws:policy/AdministratorAccess");
    user.add_tags()->set_key("TEAM");
    user.mutable_tags(0)->set_value("user's");
    (void)Must<iam::CreateUserResponse>("CreateUser", user);
    return Acting(ArnOfUser(name));
  }
  // What the first question of the call answers.
  std::map<std::string, Texts> Asked(const domain::Principal& caller, const std::string& operation,
                                     const google::protobuf::Message& request) {
    witness_.questions.clear();
    DirectCall call(operation, request, caller, Deadline::Never());
    call.SetOrigin(kAddress, kAgent);
    (void)pipeline_.Serve(call);
    EXPECT_FALSE(witness_.questions.empty()) << operation;
    if (witness_.questions.empty()) return {};
    for (const auto& [name, values] : witness_.questions.front()) served_.insert(name);
    return witness_.questions.front();
  }
  void Expect(const std::map<std::string, Texts>& answers,
              const std::map<std::string, Texts>& expected) {
    for (const auto& [name, values] : expected) {
      const auto found = answers.find(name);
      ASSERT_NE(found, answers.end()) << name;
      EXPECT_EQ(found->second, values) << name;
    }
  }

  domain::Principal InSession() {
    domain::Session session;
    session.session_name = "day";
    session.issued = world_.clock.Now() - std::chrono::minutes(5);
    session.mfa_time = world_.clock.Now() - std::chrono::seconds(90);
    session.tags = {{"team", "session's"}};
    session.source_identity = "anna@home";
    session.federated_provider = "https://idp.example";
    const auto role = world_.catalog.Find<records::Role>(records::RoleRow(kAccount, "worker"));
    return core::AsRole(**role, session);
  }

  void AskAboutCallers();
  void AskAboutKeys();
  void AskAboutRegions();
  void AskAboutGrants();
  void AskAboutIdentities();
  void AskAboutRecipientsAndUses();
  void AskAboutParameters();

  Witness witness_;
  core::Pipeline pipeline_;
  const std::string key_;
  domain::Principal anna_;
  std::set<std::string> served_;  // had a value in some question
};

void ConditionKeys::AskAboutCallers() {
  kms::DescribeKeyRequest request;
  request.set_key_id(key_);
  const domain::Principal session = InSession();
  Expect(Asked(session, "DescribeKey", request),
         {{"aws:PrincipalArn", {ArnOfRole("worker")}},
          {"aws:PrincipalAccount", {kAccount}},
          {"kms:CallerAccount", {kAccount}},
          {"aws:PrincipalType", {"AssumedRole"}},
          {"aws:PrincipalIsAWSService", {"false"}},
          {"aws:ViaAWSService", {"false"}},
          {"aws:userid", {session.user_id}},
          {"aws:PrincipalTag/Team", {"session's"}},
          {"aws:MultiFactorAuthPresent", {"true"}},
          {"aws:MultiFactorAuthAge", {"90"}},
          {"aws:TokenIssueTime", {FormatIso8601(session.session->issued)}},
          {"aws:SourceIdentity", {"anna@home"}},
          {"aws:FederatedProvider", {"https://idp.example"}},
          {"aws:SourceIp", {kAddress}},
          {"aws:SecureTransport", {"true"}},
          {"aws:UserAgent", {kAgent}},
          {"aws:CurrentTime", {FormatIso8601(world_.clock.Now())}},
          {"aws:EpochTime", {std::to_string(ToEpochMillis(world_.clock.Now()) / 1000)}},
          {"aws:RequestedRegion", {kRegion}}});
  Expect(Asked(anna_, "DescribeKey", request),
         {{"aws:username", {"anna"}}, {"aws:PrincipalTag/Team", {"user's"}}});
}

void ConditionKeys::AskAboutKeys() {
  kms::EncryptRequest encrypt;
  encrypt.set_key_id("alias/orders");
  encrypt.set_plaintext("x");
  (*encrypt.mutable_encryption_context())["team"] = "context's";
  Expect(Asked(anna_, "Encrypt", encrypt), {{"kms:KeySpec", {"SYMMETRIC_DEFAULT"}},
                                            {"kms:CustomerMasterKeySpec", {"SYMMETRIC_DEFAULT"}},
                                            {"kms:KeyUsage", {"ENCRYPT_DECRYPT"}},
                                            {"kms:CustomerMasterKeyUsage", {"ENCRYPT_DECRYPT"}},
                                            {"kms:KeyOrigin", {"AWS_KMS"}},
                                            {"kms:MultiRegion", {"false"}},
                                            {"kms:ResourceAliases", {"alias/orders"}},
                                            {"kms:RequestAlias", {"alias/orders"}},
                                            {"aws:ResourceTag/Team", {"key's"}},
                                            {"aws:ResourceAccount", {kAccount}},
                                            {"kms:EncryptionAlgorithm", {"SYMMETRIC_DEFAULT"}},
                                            {"kms:EncryptionContext:Team", {"context's"}},
                                            {"kms:EncryptionContextKeys", {"team"}}});
  kms::CreateKeyRequest create;
  create.set_bypass_policy_lockout_safety_check(true);
  create.add_tags()->set_tag_key("Team");
  create.mutable_tags(0)->set_tag_value("new key's");
  Expect(Asked(anna_, "CreateKey", create), {{"kms:BypassPolicyLockoutSafetyCheck", {"true"}},
                                             {"kms:KeySpec", {"SYMMETRIC_DEFAULT"}},
                                             {"kms:KeyUsage", {"ENCRYPT_DECRYPT"}},
                                             {"kms:KeyOrigin", {"AWS_KMS"}},
                                             {"kms:MultiRegion", {"false"}},
                                             {"aws:RequestTag/Team", {"new key's"}},
                                             {"aws:TagKeys", {"Team"}}});
  kms::ScheduleKeyDeletionRequest schedule;
  schedule.set_key_id(world_.MakeKey());
  schedule.set_pending_window_in_days(8);
  Expect(Asked(anna_, "ScheduleKeyDeletion", schedule),
         {{"kms:ScheduleKeyDeletionPendingWindowInDays", {"8"}}});
}

void ConditionKeys::AskAboutRegions() {
  kms::CreateKeyRequest create;
  create.set_multi_region(true);
  Expect(Asked(anna_, "CreateKey", create),
         {{"kms:MultiRegion", {"true"}}, {"kms:MultiRegionKeyType", {"PRIMARY"}}});
  const std::string primary =
      Must<kms::CreateKeyResponse>("CreateKey", create).key_metadata().arn();
  kms::ReplicateKeyRequest replicate;
  replicate.set_key_id(primary);
  replicate.set_replica_region("eu-west-1");
  Expect(Asked(anna_, "ReplicateKey", replicate), {{"kms:MultiRegion", {"true"}},
                                                   {"kms:MultiRegionKeyType", {"PRIMARY"}},
                                                   {"kms:ReplicaRegion", {"eu-west-1"}}});
  kms::UpdatePrimaryRegionRequest update;
  update.set_key_id(primary);
  update.set_primary_region("eu-west-1");
  Expect(Asked(anna_, "UpdatePrimaryRegion", update), {{"kms:PrimaryRegion", {"eu-west-1"}}});
}

void ConditionKeys::AskAboutGrants() {
  kms::CreateGrantRequest grant;
  grant.set_key_id(key_);
  grant.set_grantee_principal(ArnOfUser("anna"));
  grant.set_retiring_principal(ArnOfRole("worker"));
  grant.add_operations("Encrypt");
  grant.add_operations("Decrypt");
  (*grant.mutable_constraints()->mutable_encryption_context_subset())["a"] = "1";
  grant.mutable_constraints()->set_source_arn("arn:aws:s3::111122223333:b/b");
  Expect(Asked(anna_, "CreateGrant", grant),
         {{"kms:GranteePrincipal", {ArnOfUser("anna")}},
          {"kms:RetiringPrincipal", {ArnOfRole("worker")}},
          {"kms:GrantOperations", {"Encrypt", "Decrypt"}},
          {"kms:GrantConstraintType", {"EncryptionContextSubset"}},
          {"kms:GrantConstraintSourceArn", {"arn:aws:s3::111122223333:b/b"}},
          {"kms:GrantIsForAWSResource", {"false"}}});
  grant.clear_grantee_principal();
  grant.clear_retiring_principal();
  grant.set_grantee_service_principal("s3.amazonaws.com");
  grant.set_retiring_service_principal("sqs.amazonaws.com");
  Expect(Asked(anna_, "CreateGrant", grant),
         {{"kms:GranteeServicePrincipal", {"s3.amazonaws.com"}},
          {"kms:RetiringServicePrincipal", {"sqs.amazonaws.com"}}});
  kms::EncryptRequest encrypt;
  encrypt.set_key_id(key_);
  encrypt.set_plaintext("x");
  kms::ReEncryptRequest again;
  again.set_ciphertext_blob(Must<kms::EncryptResponse>("Encrypt", encrypt).ciphertext_blob());
  again.set_destination_key_id(key_);
  Expect(Asked(anna_, "ReEncrypt", again), {{"kms:ReEncryptOnSameKey", {"true"}}});
  again.set_destination_key_id(world_.MakeKey());
  Expect(Asked(anna_, "ReEncrypt", again), {{"kms:ReEncryptOnSameKey", {"false"}}});
}

void ConditionKeys::AskAboutRecipientsAndUses() {
  fakes::FixedAttestation verifier;
  verifier.proved = ports::Attestation{{}, {{0, Bytes(48, 0xab)}}, false, "i-0"};
  world_.services.attestations = &verifier;
  kms::GenerateRandomRequest random;
  random.set_number_of_bytes(8);
  random.mutable_recipient()->set_attestation_document("a document");
  random.mutable_recipient()->set_key_encryption_algorithm("RSAES_OAEP_SHA_256");
  Expect(Asked(anna_, "GenerateRandom", random),
         {{"kms:RecipientAttestation:PCR0", {HexEncode(Bytes(48, 0xab))}}});
  world_.services.attestations = nullptr;
  records::NotedKeyUses uses(world_.catalog, world_.clock.Now());
  world_.services.key_uses = &uses;
  kms::DisableKeyRequest disable;
  disable.set_key_id(world_.MakeKey());
  Expect(Asked(anna_, "DisableKey", disable), {{"kms:TrailingDaysWithoutKeyUsage", {"0"}}});
  world_.services.key_uses = nullptr;
}

void ConditionKeys::AskAboutParameters() {
  for (const ConditionParameter& one : ConditionParameters(world_)) {
    const auto answers = Asked(anna_, one.operation, *one.request);
    EXPECT_TRUE(answers.contains(one.key)) << one.operation << " " << one.key;
  }
}

void ConditionKeys::AskAboutIdentities() {
  iam::AttachUserPolicyRequest attach;
  attach.set_user_name("anna");
  attach.set_policy_arn("arn:aws:iam::aws:policy/ReadOnly");
  Expect(Asked(Administrator(), "AttachUserPolicy", attach),
         {{"iam:PolicyARN", {"arn:aws:iam::aws:policy/ReadOnly"}},
          {"iam:PermissionsBoundary", {"arn:aws:iam::aws:policy/AdministratorAccess"}},
          {"iam:ResourceTag/Team", {"user's"}},
          {"aws:ResourceTag/Team", {"user's"}}});
  iam::TagUserRequest tag;
  tag.set_user_name("anna");
  tag.add_tags()->set_key("team");
  tag.mutable_tags(0)->set_value("new");
  Expect(Asked(Administrator(), "TagUser", tag),
         {{"aws:RequestTag/Team", {"new"}}, {"aws:TagKeys", {"team"}}});
  iam::UntagRoleRequest untag;
  untag.set_role_name("worker");
  untag.add_tag_keys("team");
  Expect(Asked(Administrator(), "UntagRole", untag), {{"aws:TagKeys", {"team"}}});
  sts::AssumeRoleRequest assume;
  assume.set_role_arn(ArnOfRole("worker"));
  assume.set_role_session_name("day");
  assume.set_external_id("4711");
  assume.set_source_identity("anna@home");
  assume.add_tags()->set_key("Team");
  assume.mutable_tags(0)->set_value("a");
  assume.add_transitive_tag_keys("Team");
  Expect(Asked(anna_, "AssumeRole", assume), {{"sts:ExternalId", {"4711"}},
                                              {"sts:RoleSessionName", {"day"}},
                                              {"sts:SourceIdentity", {"anna@home"}},
                                              {"sts:TransitiveTagKeys", {"Team"}},
                                              {"aws:RequestTag/Team", {"a"}},
                                              {"aws:TagKeys", {"Team"}}});
}

// As docs/authorisation.md lists them: what kmaas does not have.
const std::set<std::string>& NeverThere() {
  static const std::set<std::string> names = {"aws:CalledVia",
                                              "aws:CalledViaFirst",
                                              "aws:CalledViaLast",
                                              "aws:PrincipalOrgID",
                                              "aws:PrincipalOrgPaths",
                                              "aws:PrincipalServiceName",
                                              "aws:PrincipalServiceNamesList",
                                              "aws:Referer",
                                              "aws:ResourceOrgID",
                                              "aws:ResourceOrgPaths",
                                              "aws:SourceAccount",
                                              "aws:SourceArn",
                                              "aws:SourceOrgID",
                                              "aws:SourceOrgPaths",
                                              "aws:SourceVpc",
                                              "aws:SourceVpcArn",
                                              "aws:SourceVpce",
                                              "aws:VpcSourceIp",
                                              "kms:ViaService"};
  return names;
}

TEST_F(ConditionKeys, OfCallersAreServed) { AskAboutCallers(); }
TEST_F(ConditionKeys, OfKeysAndTheirUseAreServed) { AskAboutKeys(); }
TEST_F(ConditionKeys, OfRegionsAreServed) { AskAboutRegions(); }
TEST_F(ConditionKeys, OfGrantsAreServed) { AskAboutGrants(); }
TEST_F(ConditionKeys, OfRecipientsAndUsesAreServed) { AskAboutRecipientsAndUses(); }
TEST_F(ConditionKeys, OfParametersAreServed) { AskAboutParameters(); }
TEST_F(ConditionKeys, OfIamAndStsAreServed) { AskAboutIdentities(); }

TEST_F(ConditionKeys, AreServedOrKnownNeverToBeThere) {
  AskAboutCallers();
  AskAboutKeys();
  AskAboutRegions();
  AskAboutGrants();
  AskAboutIdentities();
  AskAboutRecipientsAndUses();
  AskAboutParameters();
  for (const std::string& name : AllNames())
    EXPECT_NE(served_.count(name), NeverThere().count(name)) << name;
}

TEST_F(ConditionKeys, OfParametersDecide) {
  for (const ConditionParameter& one : ConditionParameters(world_)) {
    const auto ask_if = [&](const std::string& condition) {
      PutPolicy("anna", PolicyOf(Allowing("kms:" + one.operation, ",\"Condition\":" + condition)));
      return Outcome(anna_, one.operation, *one.request);
    };
    EXPECT_EQ(ask_if(one.met), "done") << one.operation << one.met << last_message_;
    EXPECT_EQ(ask_if(one.unmet), "AccessDeniedException") << one.operation << one.unmet;
  }
}

TEST_F(ConditionKeys, OfATimeBeyondAllCalendarsAreTheNearestNumber) {
  kms::ImportKeyMaterialRequest import;
  import.set_key_id(key_);
  import.set_import_token("token");
  import.set_encrypted_key_material("material");
  import.set_valid_to(1e308);
  Expect(Asked(anna_, "ImportKeyMaterial", import), {{"kms:ValidTo", {"9000000000000000"}}});
  import.set_valid_to(-1e308);
  Expect(Asked(anna_, "ImportKeyMaterial", import), {{"kms:ValidTo", {"-9000000000000000"}}});
  import.set_valid_to(std::nan(""));
  Expect(Asked(anna_, "ImportKeyMaterial", import), {{"kms:ValidTo", {""}}});
}

// Absent, not false: only so does BoolIfExists in a Deny mean access keys, too.
TEST_F(ConditionKeys, OfSecondFactorsAreAbsentForLongTermCredentials) {
  kms::DescribeKeyRequest request;
  request.set_key_id(key_);
  domain::Principal by_key = anna_;
  by_key.access_key_id = "AKIAANNAANNAANNAANNA";
  domain::Principal root = Acting("arn:aws:iam::111122223333:root");
  for (const domain::Principal& caller : {by_key, anna_, root}) {
    const auto answers = Asked(caller, "DescribeKey", request);
    for (const char* name : {"aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge",
                             "aws:TokenIssueTime", "aws:SourceIdentity"})
      EXPECT_EQ(answers.count(name), 0U) << caller.arn << name;
  }
}

TEST_F(ConditionKeys, OfSecondFactorsAreThereForEverySession) {
  kms::DescribeKeyRequest request;
  request.set_key_id(key_);
  domain::Principal caller = anna_;
  caller.session = std::make_shared<domain::Session>();
  const auto answers = Asked(caller, "DescribeKey", request);
  Expect(answers, {{"aws:MultiFactorAuthPresent", {"false"}}});
  EXPECT_EQ(answers.count("aws:MultiFactorAuthAge"), 0U);
}

}  // namespace
}  // namespace kmaas::api
