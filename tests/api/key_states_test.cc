// Goal: every operation answers a key in every state as AWS documents it. Method: the table of the
// Developer Guide ("Key states of AWS KMS keys"), and what AWS was seen to answer of newer
// operations, written down here by operation; whatever else stands in the way of a call, its answer
// tells of the key's state exactly where AWS's does, and in AWS's words.
#include <gtest/gtest.h>

#include <set>

#include "core/errors.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"
#include "tests/api/requests.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;
namespace pb = google::protobuf;
using domain::KeyState;

constexpr KeyState kColumns[] = {KeyState::kEnabled,         KeyState::kDisabled,
                                 KeyState::kPendingDeletion, KeyState::kPendingReplicaDeletion,
                                 KeyState::kPendingImport,   KeyState::kUnavailable,
                                 KeyState::kCreating,        KeyState::kUpdating};

// What key an operation is for.
struct Kind {
  const char* spec = "SYMMETRIC_DEFAULT";
  const char* usage = "ENCRYPT_DECRYPT";
  const char* origin = "AWS_KMS";
  bool multi_region = false;
};
constexpr Kind kSymmetric;
constexpr Kind kSigning = {"ECC_NIST_P256", "SIGN_VERIFY"};
constexpr Kind kAgreeing = {"ECC_NIST_P256", "KEY_AGREEMENT"};
constexpr Kind kMac = {"HMAC_256", "GENERATE_VERIFY_MAC"};
constexpr Kind kImported = {"SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "EXTERNAL"};
constexpr Kind kPrimary = {"SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "AWS_KMS", true};

// In the order of kColumns: . nothing of the state; D disabled; P pending deletion; N not pending
// deletion; I pending import; U unavailable; C creating; G updating.
struct Row {
  std::string cells;
  Kind kind;
  std::vector<std::string> operations;
};
const std::vector<Row>& Documented() {
  static const std::vector<Row> kRows = {
      {"........",
       kSymmetric,
       {"DescribeKey", "GetKeyLastUsage", "GetKeyPolicy", "GetKeyRotationStatus", "ListAliases",
        "ListGrants", "ListKeyPolicies", "ListResourceTags", "PutKeyPolicy", "RetireGrant",
        "RevokeGrant"}},
      {"..PP....",
       kSymmetric,
       {"CreateAlias", "TagResource", "UntagResource", "UpdateAlias", "UpdateKeyDescription"}},
      {".DPPIUC.",
       kSymmetric,
       {"Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "ReEncrypt",
        // There are no keys of their own usage yet, and the state comes before the usage.
        "Decapsulate", "Encapsulate"}},
      {".DPPIUC.", kSigning, {"GetPublicKey", "Sign", "Verify"}},
      {".DPPIUC.", kMac, {"GenerateMac", "VerifyMac"}},
      {".DPPIUC.", kAgreeing, {"DeriveSharedSecret"}},
      {".DPPI.C.", kSymmetric, {"CreateGrant"}},
      {"..PPI.CG", kSymmetric, {"DisableKey", "EnableKey"}},
      {"..PP...G", kSymmetric, {"ScheduleKeyDeletion"}},
      {"NN..NNNN", kSymmetric, {"CancelKeyDeletion"}},
      {".DPP..C.", kSymmetric, {"DisableKeyRotation", "EnableKeyRotation"}},
      {".DPPIUCG", kSymmetric, {"RotateKeyOnDemand"}},
      {"......C.", kSymmetric, {"ListKeyRotations"}},
      {"..PP.UCG", kImported, {"GetParametersForImport"}},
      {"..PP.UC.", kImported, {"ImportKeyMaterial"}},
      {".....UCG", kImported, {"DeleteImportedKeyMaterial"}},
      {".DPPIUCG", kPrimary, {"ReplicateKey"}},
      {".DPPIUC.", kPrimary, {"UpdatePrimaryRegion"}},
  };
  return kRows;
}

class KeyStates : public testing::Test {
 protected:
  std::string Make(const Kind& kind) {
    kms::CreateKeyRequest request;
    request.set_key_spec(kind.spec);
    request.set_key_usage(kind.usage);
    request.set_origin(kind.origin);
    request.set_multi_region(kind.multi_region);
    return world_.Must<kms::CreateKeyResponse>("CreateKey", request).key_metadata().arn();
  }
  domain::Key Read(const std::string& arn) {
    const auto id = domain::KeyId::Parse(arn.substr(arn.rfind('/') + 1));
    return **world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, *id));
  }
  std::string MakeIn(KeyState state, const Kind& kind) {
    const std::string arn = Make(kind);
    domain::Key key = Read(arn);
    key.state = state;
    if (state == KeyState::kPendingDeletion)
      key.deletion = {.date = world_.clock.Now() + std::chrono::hours(24 * 30), .window_days = 30};
    if (state == KeyState::kPendingReplicaDeletion)
      key.deletion = {.date = std::nullopt, .window_days = 30};
    if (state == KeyState::kCreating || state == KeyState::kUnavailable ||
        state == KeyState::kUpdating)
      key.state_afterwards = KeyState::kEnabled;
    world_.Put(key);
    return arn;
  }
  std::string MakeAlias(const std::string& arn) {
    kms::CreateAliasRequest request;
    request.set_alias_name("alias/state/" + std::to_string(++aliases_));
    request.set_target_key_id(arn);
    world_.Must<kms::CreateAliasResponse>("CreateAlias", request);
    return request.alias_name();
  }
  // The letter of what the answer says of the state of the key.
  static char Letter(const Result<core::WipedMessage>& reply, const std::string& arn) {
    if (reply) return '.';
    const std::pair<std::string, char> texts[] = {{" is disabled.", 'D'},
                                                  {" is pending deletion.", 'P'},
                                                  {" is pending import.", 'I'},
                                                  {" is unavailable.", 'U'},
                                                  {" is creating.", 'C'},
                                                  {" is updating.", 'G'},
                                                  {" is not pending deletion.", 'N'}};
    for (const auto& [text, letter] : texts) {
      if (reply.error().message != arn + text) continue;
      const ErrorCode expected = letter == 'D' ? ErrorCode::kDisabled : ErrorCode::kKmsInvalidState;
      return reply.error().code == expected ? letter : '?';
    }
    return reply.error().code == ErrorCode::kDisabled ? '?' : '.';
  }
  // With the key in the state at one of the targets; others are as they should be.
  char Cell(const core::Operation& operation, std::size_t target, const Kind& kind,
            KeyState state) {
    const std::string arn = MakeIn(state, kind);
    const auto request = RequestOn(operation, operation.targets.size() == 1 ? arn : Make(kind));
    const pb::Reflection* reflection = request->GetReflection();
    reflection->SetString(request.get(), operation.targets[target].field, arn);
    if (operation.alias != nullptr) {
      const std::string name = operation.alias->rules->alias_exists()
                                   ? MakeAlias(Make(kSymmetric))
                                   : "alias/of/" + Read(arn).id.ToText();
      reflection->SetString(request.get(), operation.alias->field, name);
    }
    return Letter(world_.Send(operation.aws_target, *request), arn);
  }

  Environment world_;
  int aliases_ = 0;
};

TEST_F(KeyStates, AreAnsweredByEveryOperationAsAwsDocuments) {
  for (const Row& row : Documented()) {
    for (const std::string& name : row.operations) {
      const core::Operation& operation = *FindOperationNamed(world_.registry, name);
      for (std::size_t target = 0; target < operation.targets.size(); ++target) {
        std::string cells;
        for (const KeyState state : kColumns)
          cells.push_back(Cell(operation, target, row.kind, state));
        EXPECT_EQ(cells, row.cells) << name << " target " << target;
      }
    }
  }
}

TEST_F(KeyStates, AreDocumentedForEveryOperationOnAKey) {
  std::set<std::string> documented;
  for (const Row& row : Documented())
    documented.insert(row.operations.begin(), row.operations.end());
  std::set<std::string> served;
  for (const auto& operation : world_.registry.operations())
    if (operation->signing_name == "kms" && !operation->targets.empty())
      served.insert(operation->name);
  EXPECT_EQ(documented, served);
}

// An alias may leave a key whatever becomes of it.
TEST_F(KeyStates, OfTheKeyThatAnAliasLeavesDoNotMatter) {
  for (const KeyState state : kColumns) {
    const std::string arn = Make(kSymmetric);
    kms::UpdateAliasRequest update;
    update.set_alias_name(MakeAlias(arn));
    update.set_target_key_id(Make(kSymmetric));
    kms::DeleteAliasRequest removal;
    removal.set_alias_name(MakeAlias(arn));
    domain::Key key = Read(arn);
    key.state = state;
    world_.Put(key);
    EXPECT_TRUE(world_.Send("UpdateAlias", update)) << ToText(state);
    EXPECT_TRUE(world_.Send("DeleteAlias", removal)) << ToText(state);
  }
}

// Whether a key can do this at all comes before its state.
TEST_F(KeyStates, AreNotLookedAtWhereTheKindOfKeyIsWrong) {
  const std::pair<Kind, std::vector<std::string>> wrong[] = {
      {kSigning,
       {"DisableKeyRotation", "EnableKeyRotation", "GetKeyRotationStatus", "ListKeyRotations",
        "RotateKeyOnDemand"}},
      {kImported, {"DisableKeyRotation", "EnableKeyRotation"}},
      {kSymmetric,
       {"DeleteImportedKeyMaterial", "GetParametersForImport", "ImportKeyMaterial", "ReplicateKey",
        "UpdatePrimaryRegion"}}};
  for (const auto& [kind, names] : wrong) {
    for (const std::string& name : names) {
      const core::Operation& operation = *FindOperationNamed(world_.registry, name);
      for (const KeyState state : kColumns) {
        const auto reply =
            world_.Send(operation.aws_target, *RequestOn(operation, MakeIn(state, kind)));
        ASSERT_FALSE(reply) << name;
        EXPECT_EQ(reply.error().code, ErrorCode::kUnsupportedOperation)
            << name << " " << ToText(state) << ": " << reply.error().message;
      }
    }
  }
}

}  // namespace
}  // namespace kmaas::api
