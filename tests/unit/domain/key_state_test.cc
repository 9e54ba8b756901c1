// Goal: every cell of the key state table is AWS's, for every kind of key. Method: the table of the
// Developer Guide ("Key states of AWS KMS keys") and answers recorded from AWS, written out again
// rule by rule and kind by kind in the letters below; what is not written there fails.
#include "domain/key_state.h"

#include <gtest/gtest.h>

#include <algorithm>
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
Key InRegions(Key key, const std::string& primary) {
  key.multi_region = MultiRegion{primary, {primary == "eu-west-1" ? "eu-central-1" : "eu-west-1"}};
  return key;
}

// The kinds of keys that some rule tells apart, a letter each.
constexpr std::string_view kKinds = "SAHIJCPRQ";
Key KeyOf(char kind, KeyState state) {
  switch (kind) {
    case 'S':  // symmetric, made by the service
      return KeyOf(state);
    case 'A':  // asymmetric
      return KeyOf(state, KeyOrigin::kAwsKms, KeySpec::kRsa2048);
    case 'H':
      return KeyOf(state, KeyOrigin::kAwsKms, KeySpec::kHmac256);
    case 'I':  // imported, symmetric
      return KeyOf(state, KeyOrigin::kExternal);
    case 'J':  // imported, asymmetric
      return KeyOf(state, KeyOrigin::kExternal, KeySpec::kEccNistP256);
    case 'C':  // in a custom key store
      return KeyOf(state, KeyOrigin::kAwsCloudHsm);
    case 'P':  // primary
      return InRegions(KeyOf(state), "eu-central-1");
    case 'R':  // replica
      return InRegions(KeyOf(state), "eu-west-1");
    default:  // Q: primary, imported, asymmetric
      return InRegions(KeyOf('J', state), "eu-central-1");
  }
}

// . ok; D disabled; P pending deletion; N not pending deletion; I pending import; U unavailable;
// C creating; G updating; ! not supported for keys of this kind.
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

std::string RowOf(StateRule rule, char kind) {
  std::string row;
  for (const KeyState state : kColumns) row.push_back(Letter(rule, KeyOf(kind, state)));
  return row;
}

struct Row {
  StateRule rule;
  std::string_view kinds;
  std::string_view cells;
};
// In the order of kColumns.
const std::vector<Row>& Documented() {
  constexpr std::string_view kUnsupported = "!!!!!!!!";
  static const std::vector<Row> kRows = {
      {StateRule::kAnyState, kKinds, "........"},
      {StateRule::kCryptographic, kKinds, ".DPPIUC."},
      {StateRule::kCreateGrant, kKinds, ".DPPI.C."},
      {StateRule::kNotPendingDeletion, kKinds, "..PP...."},
      {StateRule::kEnableOrDisable, kKinds, "..PPI.CG"},
      {StateRule::kScheduleDeletion, kKinds, "..PP...G"},
      {StateRule::kCancelDeletion, kKinds, "NN..NNNN"},
      // What is imported does not rotate by itself, what is no symmetric key never.
      {StateRule::kChangeRotation, "SPR", ".DPP..C."},
      {StateRule::kChangeRotation, "AHIJCQ", kUnsupported},
      {StateRule::kRotationStatus, "SIPR", "........"},
      {StateRule::kRotationStatus, "AHJCQ", kUnsupported},
      {StateRule::kRotateOnDemand, "SIPR", ".DPPIUCG"},
      {StateRule::kRotateOnDemand, "AHJCQ", kUnsupported},
      {StateRule::kListRotations, "SIPR", "......C."},
      {StateRule::kListRotations, "AHJCQ", kUnsupported},
      {StateRule::kImportParameters, "IJQ", "..PP.UCG"},
      {StateRule::kImportParameters, "SAHCPR", kUnsupported},
      {StateRule::kImportMaterial, "IJQ", "..PP.UC."},
      {StateRule::kImportMaterial, "SAHCPR", kUnsupported},
      {StateRule::kDeleteMaterial, "IJQ", ".....UCG"},
      {StateRule::kDeleteMaterial, "SAHCPR", kUnsupported},
      {StateRule::kReplicate, "PQ", ".DPPIUCG"},
      {StateRule::kReplicate, "SAHIJCR", kUnsupported},
      {StateRule::kChangePrimary, "PQ", ".DPPIUC."},
      {StateRule::kChangePrimary, "SAHIJCR", kUnsupported},
  };
  return kRows;
}

TEST(KeyState, DecidesEveryCellAsAwsDocuments) {
  for (const Row& row : Documented()) {
    for (const char kind : row.kinds)
      EXPECT_EQ(RowOf(row.rule, kind), row.cells)
          << "rule " << static_cast<int>(row.rule) << " kind " << kind;
  }
}

TEST(KeyState, IsDocumentedForEveryRuleKindAndState) {
  static_assert(std::size(kColumns) == kCount<KeyState>);
  for (std::size_t rule = 0; rule < kCount<StateRule>; ++rule) {
    for (const char kind : kKinds) {
      const auto rows =
          std::count_if(Documented().begin(), Documented().end(), [&](const Row& row) {
            return row.rule == static_cast<StateRule>(rule) &&
                   row.kinds.find(kind) != row.kinds.npos;
          });
      EXPECT_EQ(rows, 1) << "rule " << rule << " kind " << kind;
    }
  }
}

TEST(KeyKind, OfARotationIsSymmetricWhateverTheSpec) {
  for (const StateRule rule : {StateRule::kChangeRotation, StateRule::kRotationStatus,
                               StateRule::kRotateOnDemand, StateRule::kListRotations}) {
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
  EXPECT_EQ(message(StateRule::kChangeRotation, KeyOf('I', KeyState::kPendingImport)),
            key.arn() + " origin is EXTERNAL which is not valid for this operation.");
  EXPECT_EQ(message(StateRule::kReplicate, key), key.arn() + " is not a multi-region primary key.");
  const Key replica = KeyOf('R', KeyState::kEnabled);
  EXPECT_EQ(message(StateRule::kReplicate, replica),
            replica.arn() + " is not a multi-region primary key.");
  EXPECT_EQ(message(StateRule::kRotateOnDemand, KeyOf('A', KeyState::kEnabled)), "");
}

}  // namespace
}  // namespace kmaas::domain
