// config/policies: each reference policy does what its name says, action by action.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "policy/decision.h"
#include "policy/default_key_policy.h"

namespace kmaas::policy {
namespace {

constexpr std::string_view kAccount = "111122223333";
constexpr std::string_view kKeyArn =
    "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

enum class On { kKey, kNothing };

// Every action of AWS KMS, and who of the three may do it.
struct Row {
  const char* action;
  On on;
  bool administrator;
  bool user;
  bool auditor;
};
constexpr Row kRows[] = {
    {"kms:CancelKeyDeletion", On::kKey, true, false, false},
    {"kms:ConnectCustomKeyStore", On::kNothing, true, false, false},
    {"kms:CreateAlias", On::kKey, true, false, false},
    {"kms:CreateCustomKeyStore", On::kNothing, true, false, false},
    {"kms:CreateGrant", On::kKey, true, false, false},
    {"kms:CreateKey", On::kNothing, true, false, false},
    {"kms:Decapsulate", On::kKey, false, true, false},
    {"kms:Decrypt", On::kKey, false, true, false},
    {"kms:DeleteAlias", On::kKey, true, false, false},
    {"kms:DeleteCustomKeyStore", On::kNothing, true, false, false},
    {"kms:DeleteImportedKeyMaterial", On::kKey, true, false, false},
    {"kms:DeriveSharedSecret", On::kKey, false, true, false},
    {"kms:DescribeCustomKeyStores", On::kNothing, true, false, true},
    {"kms:DescribeKey", On::kKey, true, true, true},
    {"kms:DisableKey", On::kKey, true, false, false},
    {"kms:DisableKeyRotation", On::kKey, true, false, false},
    {"kms:DisconnectCustomKeyStore", On::kNothing, true, false, false},
    {"kms:EnableKey", On::kKey, true, false, false},
    {"kms:EnableKeyRotation", On::kKey, true, false, false},
    {"kms:Encapsulate", On::kKey, false, true, false},
    {"kms:Encrypt", On::kKey, false, true, false},
    {"kms:GenerateDataKey", On::kKey, false, true, false},
    {"kms:GenerateDataKeyPair", On::kKey, false, true, false},
    {"kms:GenerateDataKeyPairWithoutPlaintext", On::kKey, false, true, false},
    {"kms:GenerateDataKeyWithoutPlaintext", On::kKey, false, true, false},
    {"kms:GenerateMac", On::kKey, false, true, false},
    {"kms:GenerateRandom", On::kNothing, false, true, false},
    {"kms:GetKeyLastUsage", On::kKey, true, false, true},
    {"kms:GetKeyPolicy", On::kKey, true, false, true},
    {"kms:GetKeyRotationStatus", On::kKey, true, false, true},
    {"kms:GetParametersForImport", On::kKey, true, false, false},
    {"kms:GetPublicKey", On::kKey, true, true, true},
    {"kms:ImportKeyMaterial", On::kKey, true, false, false},
    {"kms:ListAliases", On::kNothing, true, false, true},
    {"kms:ListGrants", On::kKey, true, false, true},
    {"kms:ListKeyPolicies", On::kKey, true, false, true},
    {"kms:ListKeyRotations", On::kKey, true, false, true},
    {"kms:ListKeys", On::kNothing, true, false, true},
    {"kms:ListResourceTags", On::kKey, true, false, true},
    {"kms:ListRetirableGrants", On::kNothing, true, false, true},
    {"kms:PutKeyPolicy", On::kKey, true, false, false},
    {"kms:ReEncryptFrom", On::kKey, false, true, false},
    {"kms:ReEncryptTo", On::kKey, false, true, false},
    {"kms:ReplicateKey", On::kKey, true, false, false},
    {"kms:RetireGrant", On::kKey, false, false, false},
    {"kms:RevokeGrant", On::kKey, true, false, false},
    {"kms:RotateKeyOnDemand", On::kKey, true, false, false},
    {"kms:ScheduleKeyDeletion", On::kKey, true, false, false},
    {"kms:Sign", On::kKey, false, true, false},
    {"kms:SynchronizeMultiRegionKey", On::kKey, true, false, false},
    {"kms:TagResource", On::kKey, true, false, false},
    {"kms:UntagResource", On::kKey, true, false, false},
    {"kms:UpdateAlias", On::kKey, true, false, false},
    {"kms:UpdateCustomKeyStore", On::kNothing, true, false, false},
    {"kms:UpdateKeyDescription", On::kKey, true, false, false},
    {"kms:UpdatePrimaryRegion", On::kKey, true, false, false},
    {"kms:Verify", On::kKey, false, true, false},
    {"kms:VerifyMac", On::kKey, false, true, false},
};

// A kind of people: which policy it carries, which role the template of a key policy names it by.
struct Kind {
  const char* file;  // nothing: only what the key policy says
  const char* role;
  bool Row::*may;
};
constexpr Kind kKinds[] = {
    {"key-administrators.json", "KeyAdministrators", &Row::administrator},
    {"key-users.json", "KeyUsers", &Row::user},
    {"auditors.json", "KeyAuditors", &Row::auditor},
};

class NoContext : public ConditionContext {
 public:
  bool Values(const ConditionKey& /*key*/,
              std::vector<std::string_view>& /*values*/) const override {
    return false;
  }
};

class Truth : public ConditionContext {
 public:
  explicit Truth(KnownKey key) : key_(key) {}
  bool Values(const ConditionKey& key, std::vector<std::string_view>& values) const override {
    if (key.known != key_) return false;
    values.push_back("true");
    return true;
  }

 private:
  KnownKey key_;
};

std::string TextOf(const std::string& file) {
  std::ifstream in(std::string(KMAAS_SOURCE_DIR) + "/config/policies/" + file);
  EXPECT_TRUE(in) << file;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::shared_ptr<const Policy> Compiled(const std::string& text, PolicyKind kind) {
  auto policy = Policy::Compile(text, kind);
  EXPECT_TRUE(policy) << policy.error().message;
  return policy ? *policy : nullptr;
}

domain::Principal SessionOf(const std::string& role) {
  domain::Session session;
  session.role_arn = "arn:aws:iam::" + std::string(kAccount) + ":role/" + role;
  session.role_name = role;
  domain::Principal principal;
  principal.type = domain::PrincipalType::kAssumedRole;
  principal.account = kAccount;
  principal.arn = "arn:aws:sts::" + std::string(kAccount) + ":assumed-role/" + role + "/ann";
  principal.session = std::make_shared<const domain::Session>(session);
  return principal;
}

// Somebody with a policy in front of a key with a policy.
struct Scene {
  domain::Principal caller;
  IdentitySide identity;
  std::shared_ptr<const Policy> key_policy;
  std::vector<std::shared_ptr<const domain::Grant>> grants;

  Scene(const char* file, const std::string& role, const std::string& key_policy_text)
      : caller(SessionOf(role)), key_policy(Compiled(key_policy_text, PolicyKind::kKey)) {
    if (file != nullptr)
      identity.policies.push_back({file, Compiled(TextOf(file), PolicyKind::kIdentity)});
  }

  Outcome Ask(std::string_view action, On on, const ConditionContext& context = NoContext()) const {
    const Question question{.principal = caller,
                            .action = action,
                            .resource = on == On::kKey ? kKeyArn : "*",
                            .resource_account = kAccount,
                            .context = context,
                            .identity = identity,
                            .resource_policy = on == On::kKey ? key_policy.get() : nullptr,
                            .grants = grants};
    return Decide(question).outcome;
  }
  bool May(const Row& row) const { return Ask(row.action, row.on) == Outcome::kAllowed; }
};

void ExpectTable(const Scene& scene, const Kind& kind) {
  for (const Row& row : kRows)
    EXPECT_EQ(scene.May(row), row.*kind.may) << kind.role << " " << row.action;
}

TEST(ReferencePolicies, LetEachKindDoWhatItsNameSaysWhereTheKeyDelegates) {
  for (const Kind& kind : kKinds)
    ExpectTable(Scene(kind.file, "SomeRole", DefaultKeyPolicy(kAccount)), kind);
}

TEST(ReferencePolicies, LetEachKindDoTheSameWithTheTemplateOfAKeyPolicy) {
  for (const Kind& kind : kKinds)
    ExpectTable(Scene(kind.file, kind.role, TextOf("key-policy.json")), kind);
}

TEST(ReferencePolicies, NameTheKindsInTheKeyPolicyForWhoCarriesNoPolicy) {
  for (const Kind& kind : kKinds) {
    const Scene scene(nullptr, kind.role, TextOf("key-policy.json"));
    for (const Row& row : kRows)
      EXPECT_EQ(scene.May(row), row.*kind.may && row.on == On::kKey) << kind.role << row.action;
  }
}

TEST(ReferencePolicies, GiveNobodyElseAnything) {
  const Scene scene(nullptr, "Stranger", TextOf("key-policy.json"));
  for (const Row& row : kRows) EXPECT_FALSE(scene.May(row)) << row.action;
}

TEST(ReferencePolicies, AreTriedOnEveryActionOfTheApi) {
  std::ifstream in(std::string(KMAAS_SOURCE_DIR) + "/proto/kmaas/kms/v1/kms.proto");
  const std::string proto{std::istreambuf_iterator<char>(in), {}};
  const std::regex action("action: \"(kms:[A-Za-z]+)\"");
  std::size_t seen = 0;
  for (std::sregex_iterator found(proto.begin(), proto.end(), action), end; found != end; ++found) {
    const std::string name = (*found)[1];
    ++seen;
    EXPECT_TRUE(std::any_of(std::begin(kRows), std::end(kRows), [&](const Row& row) {
      return name == row.action;
    })) << name;
  }
  EXPECT_GT(seen, 20U);
}

// What an administrator writes into a key policy or a grant does not make a user of it.
TEST(ReferencePolicies, KeepAdministratorsFromGivingThemselvesTheUseOfKeys) {
  Scene scene("key-administrators.json", "KeyAdministrators", R"({"Statement":{"Effect":"Allow",
      "Principal":{"AWS":["arn:aws:sts::111122223333:assumed-role/KeyAdministrators/ann",
                          "arn:aws:iam::111122223333:role/KeyAdministrators"]},
      "Action":"kms:*","Resource":"*"}})");
  domain::Grant grant;
  grant.grantee = scene.caller.arn;
  grant.operations = {"Decrypt", "Encrypt", "Sign"};
  scene.grants.push_back(std::make_shared<const domain::Grant>(grant));
  for (const Row& row : kRows) {
    if (!row.user || row.administrator || row.on != On::kKey) continue;
    EXPECT_EQ(scene.Ask(row.action, row.on), Outcome::kExplicitDeny) << row.action;
  }
}

TEST(ReferencePolicies, KeepAuditorsReadingWhateverElseTheyAreGiven) {
  Scene scene("auditors.json", "KeyAuditors", TextOf("key-policy.json"));
  scene.identity.policies.push_back(
      {"everything", Compiled(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
                              PolicyKind::kIdentity)});
  for (const Row& row : kRows) EXPECT_EQ(scene.May(row), row.auditor) << row.action;
}

TEST(ReferencePolicies, LetNobodyChangeIdentities) {
  for (const Kind& kind : kKinds) {
    const Scene scene(kind.file, kind.role, TextOf("key-policy.json"));
    for (const char* action :
         {"iam:AttachUserPolicy", "iam:AttachRolePolicy", "iam:AttachGroupPolicy",
          "iam:PutUserPolicy", "iam:PutRolePolicy", "iam:PutGroupPolicy", "iam:AddUserToGroup",
          "iam:CreateUser", "iam:CreateRole", "iam:CreateAccessKey", "iam:CreatePolicyVersion",
          "iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy", "iam:PassRole",
          "iam:DeleteUserPermissionsBoundary", "iam:DeleteRolePermissionsBoundary",
          "iam:DetachRolePolicy", "iam:DeleteRolePolicy", "sts:AssumeRole"}) {
      EXPECT_NE(scene.Ask(action, On::kNothing), Outcome::kAllowed) << kind.role << " " << action;
    }
  }
}

TEST(ReferencePolicies, LetUsersMakeGrantsForServicesOnly) {
  const Scene scene("key-users.json", "KeyUsers", TextOf("key-policy.json"));
  const Truth for_service(KnownKey::kGrantIsForAwsResource);
  for (const char* action : {"kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"})
    EXPECT_EQ(scene.Ask(action, On::kKey, for_service), Outcome::kAllowed) << action;
  EXPECT_NE(scene.Ask("kms:PutKeyPolicy", On::kKey, for_service), Outcome::kAllowed);
}

TEST(ReferencePolicies, KeepAdministratorsFromSkippingTheLockOutCheck) {
  const Scene scene("key-administrators.json", "KeyAdministrators", TextOf("key-policy.json"));
  const Truth bypass(KnownKey::kBypassPolicyLockoutSafetyCheck);
  EXPECT_EQ(scene.Ask("kms:PutKeyPolicy", On::kKey, bypass), Outcome::kExplicitDeny);
  EXPECT_EQ(scene.Ask("kms:CreateKey", On::kNothing, bypass), Outcome::kExplicitDeny);
  EXPECT_EQ(scene.Ask("kms:DisableKey", On::kKey, bypass), Outcome::kAllowed);
}

}  // namespace
}  // namespace kmaas::policy
