// Classes of defects that have hit key management systems (docs/threat-model.md), against the whole
// core: every operation, real handlers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "base/encoding.h"
#include "base/log.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"
#include "tests/api/requests.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;
namespace pb = google::protobuf;
using testing::HasSubstr;
using testing::Not;

constexpr char kOtherAccount[] = "999988887777";

class Regression : public testing::Test {
 protected:
  Regression() : arn_(world_.MakeKey()) {}

  kms::EncryptRequest EncryptOn(const std::string& key) const {
    kms::EncryptRequest request;
    request.set_key_id(key);
    request.set_plaintext("canary plaintext");
    return request;
  }
  bool Encrypts(const std::string& key) {
    return world_.Send("Encrypt", EncryptOn(key)).has_value();
  }
  void MakeAlias(const std::string& name, const std::string& key) {
    kms::CreateAliasRequest request;
    request.set_alias_name(name);
    request.set_target_key_id(key);
    (void)world_.Must<kms::CreateAliasResponse>("CreateAlias", request);
  }
  template <class Request>
  void SendOnKey(const std::string& operation, const std::string& key) {
    Request request;
    request.set_key_id(key);
    ASSERT_TRUE(world_.Send(operation, request)) << operation;
  }
  std::string KeyBehind(const std::string& name) {
    kms::DescribeKeyRequest request;
    request.set_key_id(name);
    const auto reply = world_.Send("DescribeKey", request);
    if (!reply) return "none";
    return static_cast<const kms::DescribeKeyResponse&>(**reply).key_metadata().arn();
  }
  std::map<std::string, std::string> RowsOf(std::string_view table) {
    std::map<std::string, std::string> rows;
    const auto listed = world_.store.List({table, ""});
    for (const ports::Row& row : *listed) rows[row.key] = row.value;
    return rows;
  }

  Environment world_;
  std::string arn_;
};

// Says no to some, and remembers what it was asked.
class Doorkeeper final : public core::Authoriser {
 public:
  Result<core::Verdict> Decide(const core::AccessQuestion& question) override {
    const bool about_a_policy_to_be = question.instead != nullptr;  // the lock-out check
    const bool about_an_alias = question.resource.find(":alias/") != std::string_view::npos;
    auto& to = about_an_alias ? asked_about_aliases : asked;
    if (!about_a_policy_to_be)
      to.emplace_back(std::string(question.action),
                      question.key == nullptr ? "" : question.key->arn());
    if (denied.empty() || denied == question.action)
      return Error{ErrorCode::kAccessDenied, "denied"};
    return core::Verdict{"allowed", nullptr};
  }
  std::vector<std::pair<std::string, std::string>> asked;  // action, key
  std::vector<std::pair<std::string, std::string>> asked_about_aliases;
  std::string denied;  // empty: everything
};

class ActionRegression : public Regression {
 protected:
  ActionRegression() : guarded_(world_.registry, world_.services, doorkeeper_) {}
  Result<core::WipedMessage> SendGuarded(const std::string& operation, const pb::Message& request) {
    DirectCall call(operation, request, Administrator(), Deadline::Never());
    return guarded_.Serve(call);
  }
  // On the one key that there is.
  std::unique_ptr<pb::Message> RequestOf(const core::Operation& operation) {
    return RequestOn(operation, arn_);
  }

  Doorkeeper doorkeeper_;
  core::Pipeline guarded_;
};

TEST_F(ActionRegression, ADeniedOperationTouchesNeitherStoreNorToken) {
  const std::uint64_t changes = world_.store.changes();
  const std::uint64_t token_calls = world_.engine.calls();
  for (const auto& operation : world_.registry.operations()) {
    if (operation->decided_by != POLICIES) continue;  // sts_*_test.cc
    const auto reply = SendGuarded(operation->name, *RequestOf(*operation));
    ASSERT_FALSE(reply) << operation->name;
    EXPECT_EQ(reply.error().code, ErrorCode::kAccessDenied)
        << operation->name << ": " << reply.error().message;
  }
  EXPECT_EQ(world_.store.changes(), changes);
  EXPECT_EQ(world_.engine.calls(), token_calls);
}

// Of ReEncrypt the names are others'.
std::string ActionOf(const core::Operation& operation, std::size_t target) {
  if (operation.name == "ReEncrypt") return target == 1 ? "kms:ReEncryptTo" : "kms:ReEncryptFrom";
  return operation.signing_name + ":" + operation.name;
}

// A key that is named by choice only filters a listing of the account.
bool AsksOfItsTarget(const core::Operation& operation) {
  return !operation.targets.empty() &&
         (!operation.targets.front().rule->optional() || operation.grant_decides);
}

TEST_F(ActionRegression, TheActionAskedForIsThatOfTheOperationOnTheKeyThatItUses) {
  doorkeeper_.denied = "nothing";
  for (const auto& operation : world_.registry.operations()) {
    if (operation->decided_by != POLICIES) continue;
    doorkeeper_.asked.clear();
    (void)SendGuarded(operation->name, *RequestOf(*operation));
    const bool has_alias = operation->alias != nullptr;
    // The key that the alias leads to, which CreateAlias made before.
    const bool leads_to_key = has_alias && operation->alias->rules->alias_exists();
    const std::size_t questions =
        std::max(operation->targets.size(), std::size_t{!has_alias}) + std::size_t{leads_to_key};
    ASSERT_EQ(doorkeeper_.asked.size(), questions) << operation->name;
    const bool of_key = leads_to_key || AsksOfItsTarget(*operation);
    for (std::size_t target = 0; target < questions; ++target) {
      const auto& [action, key] = doorkeeper_.asked[target];
      EXPECT_EQ(action, ActionOf(*operation, target));
      EXPECT_EQ(key, of_key ? arn_ : "") << operation->name;
    }
  }
}

// An alias is a resource of its own.
TEST_F(ActionRegression, TheActionIsAskedForOnTheAliasToo) {
  doorkeeper_.denied = "nothing";
  for (const auto& operation : world_.registry.operations()) {
    doorkeeper_.asked_about_aliases.clear();
    if (operation->decided_by == POLICIES)
      (void)SendGuarded(operation->name, *RequestOf(*operation));
    const bool has_alias = operation->alias != nullptr;
    ASSERT_EQ(doorkeeper_.asked_about_aliases.size(), std::size_t{has_alias}) << operation->name;
    if (!has_alias) continue;
    EXPECT_EQ(doorkeeper_.asked_about_aliases.front().first, "kms:" + operation->name);
  }
}

// The second key of a call is no way around.
TEST_F(ActionRegression, ReEncryptNeedsBothOfItsActions) {
  kms::ReEncryptRequest request;
  request.set_ciphertext_blob(
      world_.Must<kms::EncryptResponse>("Encrypt", EncryptOn(arn_)).ciphertext_blob());
  request.set_destination_key_id(world_.MakeKey());
  for (const char* denied : {"kms:ReEncryptFrom", "kms:ReEncryptTo"}) {
    doorkeeper_.denied = denied;
    EXPECT_FALSE(SendGuarded("ReEncrypt", request)) << denied;
  }
  doorkeeper_.denied = "kms:Encrypt";
  EXPECT_TRUE(SendGuarded("ReEncrypt", request));
}

TEST_F(Regression, ADisabledKeyStopsAtTheNextCall) {
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(Encrypts(arn_));
    SendOnKey<kms::DisableKeyRequest>("DisableKey", arn_);
    EXPECT_FALSE(Encrypts(arn_));
    SendOnKey<kms::EnableKeyRequest>("EnableKey", arn_);
  }
  ASSERT_TRUE(Encrypts(arn_));
  SendOnKey<kms::ScheduleKeyDeletionRequest>("ScheduleKeyDeletion", arn_);
  EXPECT_FALSE(Encrypts(arn_));
}

TEST_F(Regression, AMovedOrDeletedAliasLeadsNowhereElseAtTheNextCall) {
  const std::string second = world_.MakeKey();
  MakeAlias("alias/app", arn_);
  EXPECT_EQ(KeyBehind("alias/app"), arn_);
  kms::UpdateAliasRequest update;
  update.set_alias_name("alias/app");
  update.set_target_key_id(second);
  ASSERT_TRUE(world_.Send("UpdateAlias", update));
  EXPECT_EQ(KeyBehind("alias/app"), second);
  kms::DeleteAliasRequest gone;
  gone.set_alias_name("alias/app");
  ASSERT_TRUE(world_.Send("DeleteAlias", gone));
  EXPECT_EQ(KeyBehind("alias/app"), "none");
}

// Callers that fill the caches all the while: none gets through after the change was acknowledged.
TEST_F(Regression, NoCallThatBeginsAfterAnAcknowledgedDisableSucceeds) {
  std::atomic<int> epoch{0};  // odd: from an acknowledged disable to the next enable
  std::atomic<bool> stop{false};
  std::atomic<int> violations{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      while (!stop) {
        const int before = epoch;
        const bool succeeded = Encrypts(arn_);
        if (before % 2 == 1 && epoch == before && succeeded) ++violations;
      }
    });
  }
  for (int round = 0; round < 300; ++round) {
    SendOnKey<kms::DisableKeyRequest>("DisableKey", arn_);
    ++epoch;
    for (int look = 0; look < 5; ++look) EXPECT_FALSE(Encrypts(arn_));
    ++epoch;
    SendOnKey<kms::EnableKeyRequest>("EnableKey", arn_);
  }
  stop = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(violations, 0);
}

TEST_F(Regression, NamesThatDifferInAByteAreDifferentNames) {
  const std::string second = world_.MakeKey();
  MakeAlias("alias/app", arn_);
  MakeAlias("alias/App", second);
  EXPECT_EQ(KeyBehind("alias/app"), arn_);
  EXPECT_EQ(KeyBehind("alias/App"), second);
  for (const char* near : {"alias/APP", "alias/app/", "alias//app", "ALIAS/app"}) {
    EXPECT_EQ(KeyBehind(near), "none") << near;
  }
  kms::DeleteAliasRequest gone;
  gone.set_alias_name("alias/App");
  ASSERT_TRUE(world_.Send("DeleteAlias", gone));
  EXPECT_EQ(KeyBehind("alias/app"), arn_);
}

TEST_F(Regression, AnotherAccountSeesNothingInItsListings) {
  world_.Enrol(kOtherAccount);
  MakeAlias("alias/app", arn_);
  const auto keys = world_.SendAs(Administrator(kOtherAccount), "ListKeys", kms::ListKeysRequest());
  ASSERT_TRUE(keys);
  EXPECT_EQ(static_cast<const kms::ListKeysResponse&>(**keys).keys_size(), 0);
  const auto aliases =
      world_.SendAs(Administrator(kOtherAccount), "ListAliases", kms::ListAliasesRequest());
  ASSERT_TRUE(aliases);
  for (const auto& alias : static_cast<const kms::ListAliasesResponse&>(**aliases).aliases())
    EXPECT_THAT(alias.alias_arn(), Not(HasSubstr(kAccount)));
}

TEST_F(Regression, AnotherAccountPutsNoAliasOnAKey) {
  kms::CreateAliasRequest request;
  request.set_alias_name("alias/mine");
  request.set_target_key_id(arn_);
  EXPECT_FALSE(world_.SendAs(Administrator(kOtherAccount), "CreateAlias", request));
}

// Whatever is changed about a key, its material stays as the token wrapped it.
TEST_F(ActionRegression, NoChangeOfAKeyWritesItsMaterial) {
  const auto before = RowsOf("key_materials");
  ASSERT_EQ(before.size(), 1U);
  doorkeeper_.denied = "kms:CreateKey";
  for (int round = 0; round < 2; ++round) {
    for (const auto& operation : world_.registry.operations()) {
      (void)SendGuarded(operation->name, *RequestOf(*operation));
      EXPECT_EQ(RowsOf("key_materials"), before) << operation->name;
    }
  }
}

class SecretRegression : public Regression {
 protected:
  SecretRegression() {
    log::Configure(log::Level::kDebug, log::Format::kJson);
    testing::internal::CaptureStderr();
  }
  ~SecretRegression() override { log::Configure(log::Level::kInfo, log::Format::kText); }

  void ExpectAbsent(const std::string& text, const std::string& secret) {
    for (const std::string& form :
         {secret, Base64Encode(AsBytes(secret)).substr(0, 20), HexEncode(AsBytes(secret))})
      EXPECT_EQ(text.find(form), std::string::npos);
  }
  // Error texts, log, trail and every table, in one.
  std::string EverythingWritten() {
    std::string all = errors_ + testing::internal::GetCapturedStderr();
    for (const std::string& line : world_.audit.lines()) all += line;
    for (const ports::AuditRecord& record : world_.audit.records()) all += record.error_message;
    for (const char* table : {"keys", "account_keys", "key_materials", "key_policies", "aliases",
                              "key_aliases", "audit_outbox", "installation"})
      for (const auto& [key, value] : RowsOf(table)) all += key + value;
    return all;
  }
  std::string errors_;
};

// Calls that succeed, calls that are refused, and calls that fail inside.
TEST_F(SecretRegression, NoPlaintextStandsInLogErrorTrailOrStore) {
  const std::string plaintext = EncryptOn(arn_).plaintext();
  kms::GenerateDataKeyRequest data_key;
  data_key.set_key_id(arn_);
  data_key.set_key_spec("AES_256");
  const std::string generated =
      world_.Must<kms::GenerateDataKeyResponse>("GenerateDataKey", data_key).plaintext();
  kms::DecryptRequest decrypt;
  decrypt.set_ciphertext_blob(
      world_.Must<kms::EncryptResponse>("Encrypt", EncryptOn(arn_)).ciphertext_blob());
  for (std::uint64_t failing = 0; failing < 3; ++failing) {
    world_.engine.FailCall(failing, {ErrorCode::kKeyUnavailable, "", "the token is away"});
    for (const std::string& key : {arn_, std::string("alias/none"), std::string(3000, 'x')}) {
      const auto reply = world_.Send("Encrypt", EncryptOn(key));
      if (!reply) errors_ += reply.error().message + reply.error().detail;
    }
    const auto reply = world_.Send("Decrypt", decrypt);
    if (!reply) errors_ += reply.error().message + reply.error().detail;
  }
  const std::string all = EverythingWritten();
  EXPECT_THAT(all, HasSubstr("the token is away"));
  for (const std::string& secret : {plaintext, generated}) ExpectAbsent(all, secret);
}

// Nothing that the server writes to or dials is named in a request: audit sinks and addresses stand
// in the configuration.
TEST_F(Regression, NoMemberOfARequestNamesAPlace) {
  for (const auto& operation : world_.registry.operations()) {
    // IAM's paths are parts of ARNs.
    if (operation->signing_name == "iam") continue;
    for (const core::FieldPlan& plan : operation->fields) {
      // Proxies of external key stores are named by callers; such stores are refused as a whole.
      if (plan.field->name().starts_with("xks_proxy_")) continue;
      for (const char* word : {"path", "file", "url", "uri", "endpoint", "host", "address", "sink"})
        EXPECT_THAT(plan.field->name(), Not(HasSubstr(word))) << operation->name;
    }
  }
}

}  // namespace
}  // namespace kmaas::api
