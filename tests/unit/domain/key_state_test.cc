// Goal: every cell of the key state table is AWS's. Method: the table of the Developer Guide,
// written out again by operation, in the letters below; and the kinds of keys beside it.
#include "domain/key_state.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace kmaas::domain {
namespace {

constexpr KeyState kColumns[] = {KeyState::kEnabled,         KeyState::kDisabled,
                                 KeyState::kPendingDeletion, KeyState::kPendingReplicaDeletion,
                                 KeyState::kPendingImport,   KeyState::kUnavailable,
                                 KeyState::kCreating,        KeyState::kUpdating};

Key KeyOf(KeyState state, KeyOrigin origin = KeyOrigin::kAwsKms,
          KeySpec spec = KeySpec::kSymmetricDefault) {
  Key key;
  key.account = "111122223333";
  key.region = "eu-central-1";
  key.spec = spec;
  key.origin = origin;
  key.state = state;
  return key;
}
Key Imported(KeyState state) { return KeyOf(state, KeyOrigin::kExternal); }
Key Primary(KeyState state) {
  Key key = KeyOf(state);
  key.multi_region = MultiRegion{key.region, {"eu-west-1"}};
  return key;
}

// . ok; D disabled; P pending deletion; N not pending deletion; I pending import; U unavailable;
// C creating; G updating; ! not supported.
char Letter(StateRule rule, const Key& key) {
  const Result<void> checked = CheckState(rule, key);
  if (checked) return '.';
  const Error& error = checked.error();
  if (error.code == ErrorCode::kUnsupportedOperation) return '!';
  const std::string_view text = std::string_view(error.message).substr(key.arn().size());
  if (error.code == ErrorCode::kDisabled) return text == " is disabled." ? 'D' : '?';
  if (error.code != ErrorCode::kKmsInvalidState) return '?';
  const std::pair<std::string_view, char> texts[] = {
      {" is pending deletion.", 'P'}, {" is not pending deletion.", 'N'},
      {" is pending import.", 'I'},   {" is unavailable.", 'U'},
      {" is creating.", 'C'},         {" is updating.", 'G'}};
  for (const auto& [known, letter] : texts) {
    if (text == known) return letter;
  }
  return '?';
}

std::string RowOf(StateRule rule, Key (*key_of)(KeyState)) {
  std::string row;
  for (const KeyState state : kColumns) row.push_back(Letter(rule, key_of(state)));
  return row;
}
std::string RowOf(StateRule rule) {
  return RowOf(rule, [](KeyState state) { return KeyOf(state); });
}

TEST(KeyState, OfAwsKmsKeysDecidesAsAwsDocuments) {
  EXPECT_EQ(RowOf(StateRule::kAnyState), "........");
  EXPECT_EQ(RowOf(StateRule::kCryptographic), ".DPPIUC.");
  EXPECT_EQ(RowOf(StateRule::kCreateGrant), ".DPPI.C.");
  EXPECT_EQ(RowOf(StateRule::kNotPendingDeletion), "..PP....");
  EXPECT_EQ(RowOf(StateRule::kEnableOrDisable), "..PPI.CG");
  EXPECT_EQ(RowOf(StateRule::kScheduleDeletion), "..PP...G");
  EXPECT_EQ(RowOf(StateRule::kCancelDeletion), "NN..NNNN");
  EXPECT_EQ(RowOf(StateRule::kChangeRotation), ".DPP..C.");
  EXPECT_EQ(RowOf(StateRule::kRotationStatus), "........");
  EXPECT_EQ(RowOf(StateRule::kRotateOnDemand), ".DPPIUCG");
  EXPECT_EQ(RowOf(StateRule::kListRotations), "......C.");
}

TEST(KeyState, OfImportedKeysDecidesAsAwsDocuments) {
  EXPECT_EQ(RowOf(StateRule::kImportParameters, Imported), "..PP.UCG");
  EXPECT_EQ(RowOf(StateRule::kImportMaterial, Imported), "..PP.UC.");
  EXPECT_EQ(RowOf(StateRule::kDeleteMaterial, Imported), ".....UCG");
  EXPECT_EQ(RowOf(StateRule::kRotateOnDemand, Imported), ".DPPIUCG");
  EXPECT_EQ(RowOf(StateRule::kChangeRotation, Imported), "!!!!!!!!");
}

TEST(KeyState, OfPrimaryKeysDecidesAsAwsDocuments) {
  EXPECT_EQ(RowOf(StateRule::kReplicate, Primary), ".DPPIUCG");
  EXPECT_EQ(RowOf(StateRule::kChangePrimary, Primary), ".DPPIUC.");
}

TEST(KeyKind, MustBeOneThatTheOperationKnows) {
  for (const StateRule rule :
       {StateRule::kImportParameters, StateRule::kImportMaterial, StateRule::kDeleteMaterial,
        StateRule::kReplicate, StateRule::kChangePrimary})
    EXPECT_EQ(RowOf(rule), "!!!!!!!!") << static_cast<int>(rule);
  for (const StateRule rule : {StateRule::kChangeRotation, StateRule::kRotationStatus,
                               StateRule::kRotateOnDemand, StateRule::kListRotations}) {
    const Key stored = KeyOf(KeyState::kEnabled, KeyOrigin::kAwsCloudHsm);
    EXPECT_EQ(Letter(rule, stored), '!') << static_cast<int>(rule);
    for (std::size_t spec = 1; spec < kCount<KeySpec>; ++spec) {
      const Key key = KeyOf(KeyState::kEnabled, KeyOrigin::kAwsKms, static_cast<KeySpec>(spec));
      EXPECT_EQ(Letter(rule, key), '!') << static_cast<int>(rule) << " " << spec;
    }
  }
}

TEST(KeyKind, IsRefusedInTheWordsOfAws) {
  const auto message = [](StateRule rule, const Key& key) {
    const Result<void> checked = CheckState(rule, key);
    return checked ? "" : checked.error().message;
  };
  const Key key = KeyOf(KeyState::kEnabled);
  EXPECT_EQ(message(StateRule::kImportMaterial, key),
            key.arn() + " origin is AWS_KMS which is not valid for this operation.");
  EXPECT_EQ(message(StateRule::kChangeRotation, Imported(KeyState::kPendingImport)),
            key.arn() + " origin is EXTERNAL which is not valid for this operation.");
  EXPECT_EQ(message(StateRule::kReplicate, key), key.arn() + " is not a multi-region primary key.");
  Key replica = Primary(KeyState::kEnabled);
  replica.region = "eu-west-1";
  EXPECT_EQ(message(StateRule::kReplicate, replica),
            replica.arn() + " is not a multi-region primary key.");
  const Key rsa = KeyOf(KeyState::kEnabled, KeyOrigin::kAwsKms, KeySpec::kRsa2048);
  EXPECT_EQ(message(StateRule::kRotateOnDemand, rsa), "");
}

}  // namespace
}  // namespace kmaas::domain
