#include "domain/grant.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii_case.h"
#include "domain/principal_names.h"

namespace kmaas::domain {
namespace {

// What a key must be for an operation.
enum class Fit { kAny, kCipher, kSymmetric, kSigner, kAuthenticator, kAgreer, kKeyPair, kNone };

struct OperationRow {
  std::string_view name;
  Fit fit;
  bool has_context;  // its requests have an encryption context
};

constexpr std::array<OperationRow, 19> kOperations = {{
    {"CreateGrant", Fit::kAny, false},
    {"Decapsulate", Fit::kNone, false},
    {"Decrypt", Fit::kCipher, true},
    {"DeriveSharedSecret", Fit::kAgreer, false},
    {"DescribeKey", Fit::kAny, false},
    {"Encapsulate", Fit::kNone, false},
    {"Encrypt", Fit::kCipher, true},
    {"GenerateDataKey", Fit::kSymmetric, true},
    {"GenerateDataKeyPair", Fit::kSymmetric, true},
    {"GenerateDataKeyPairWithoutPlaintext", Fit::kSymmetric, true},
    {"GenerateDataKeyWithoutPlaintext", Fit::kSymmetric, true},
    {"GenerateMac", Fit::kAuthenticator, false},
    {"GetPublicKey", Fit::kKeyPair, false},
    {"ReEncryptFrom", Fit::kCipher, true},
    {"ReEncryptTo", Fit::kCipher, true},
    {"RetireGrant", Fit::kAny, false},
    {"Sign", Fit::kSigner, false},
    {"Verify", Fit::kSigner, false},
    {"VerifyMac", Fit::kAuthenticator, false},
}};

constexpr std::array<std::string_view, kOperations.size()> OperationNames() {
  std::array<std::string_view, kOperations.size()> names{};
  std::transform(kOperations.begin(), kOperations.end(), names.begin(),
                 [](const OperationRow& row) { return row.name; });
  return names;
}
constexpr auto kNames = OperationNames();

const OperationRow* Find(std::string_view operation) {
  const auto row = std::find_if(kOperations.begin(), kOperations.end(),
                                [&](const OperationRow& r) { return r.name == operation; });
  return row == kOperations.end() ? nullptr : &*row;
}

// Every pair of `part`, with its value, is in `whole`.
bool Includes(const EncryptionContext& whole, const EncryptionContext& part) {
  return std::all_of(part.begin(), part.end(), [&](const auto& pair) {
    const auto found = whole.find(pair.first);
    return found != whole.end() && found->second == pair.second;
  });
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Sorted. Against a constraint, keys are compared without regard to case and values with it (AWS
// KMS API, GrantConstraints).
Pairs Folded(const EncryptionContext& context) {
  Pairs pairs;
  for (const auto& [key, value] : context) pairs.emplace_back(LowerAscii(key), value);
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

// Compares keys with their case, so that a grant in other letters is no narrower one: whoever makes
// it has to write the constraint as it stands.
bool IsContextNarrower(const GrantConstraints& child, const GrantConstraints& parent) {
  if (!parent.context_equals.empty()) return child.context_equals == parent.context_equals;
  // What must equal more than the parent's pairs includes them.
  const EncryptionContext& pairs =
      child.context_equals.empty() ? child.context_subset : child.context_equals;
  return Includes(pairs, parent.context_subset);
}

bool IsCaller(std::string_view name, bool is_service, const Principal& caller) {
  if (name.empty() || is_service != (caller.type == PrincipalType::kService)) return false;
  return NamesCaller(name, caller) || NamesRoleOf(name, caller);
}

// An account may what its root may; it lets others act for it by its policies.
bool ActsForAccount(std::string_view account, const Principal& caller, bool policies_allow) {
  return !account.empty() && account == caller.account && caller.type != PrincipalType::kService &&
         (caller.type == PrincipalType::kRoot || policies_allow);
}

bool IsNamed(std::string_view arn, bool is_service, const Principal& caller, bool policies_allow) {
  return IsCaller(arn, is_service, caller) ||
         (!is_service && arn == RootArn(caller.account) &&
          ActsForAccount(caller.account, caller, policies_allow));
}

}  // namespace

bool IsGrantId(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool IsSourceArn(std::string_view text) {
  const auto is_made_of = [](std::string_view part, bool may_be_empty) {
    return (may_be_empty || !part.empty()) && std::all_of(part.begin(), part.end(), [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
  };
  const auto arn = Arn::Parse(text);
  return arn && arn->partition.starts_with("aws") && is_made_of(arn->partition, false) &&
         is_made_of(arn->service, false) && is_made_of(arn->region, true) &&
         IsAccountId(arn->account) &&
         std::none_of(arn->resource.begin(), arn->resource.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::span<const std::string_view> GrantOperations() { return kNames; }

bool FitsKey(std::string_view operation, const Key& key) {
  const OperationRow* row = Find(operation);
  switch (row == nullptr ? Fit::kNone : row->fit) {
    case Fit::kAny:
      return true;
    case Fit::kCipher:
      return key.usage == KeyUsage::kEncryptDecrypt;
    case Fit::kSymmetric:
      return IsSymmetricEncryption(key.spec);
    case Fit::kSigner:
      return key.usage == KeyUsage::kSignVerify;
    case Fit::kAuthenticator:
      return key.usage == KeyUsage::kGenerateVerifyMac;
    case Fit::kAgreer:
      return key.usage == KeyUsage::kKeyAgreement;
    case Fit::kKeyPair:
      return IsAsymmetric(key.spec);
    case Fit::kNone:
      return false;
  }
  return false;
}

bool Carries(const Grant& grant, std::string_view operation) {
  return std::find(grant.operations.begin(), grant.operations.end(), operation) !=
         grant.operations.end();
}

bool AllowsContext(const Grant& grant, std::string_view operation,
                   const EncryptionContext& context) {
  const OperationRow* row = Find(operation);
  if (row == nullptr) return false;
  if (!row->has_context) return true;
  const GrantConstraints& constraints = grant.constraints;
  if (constraints.context_equals.empty() && constraints.context_subset.empty()) return true;
  const Pairs have = Folded(context);
  if (!constraints.context_equals.empty() && Folded(constraints.context_equals) != have)
    return false;
  const Pairs wanted = Folded(constraints.context_subset);
  return std::includes(have.begin(), have.end(), wanted.begin(), wanted.end());
}

bool IsNarrowerThan(const Grant& grant, const Grant& parent) {
  const bool has_fewer_operations =
      std::all_of(grant.operations.begin(), grant.operations.end(),
                  [&](const std::string& operation) { return Carries(parent, operation); });
  const std::string& source = parent.constraints.source_arn;
  return has_fewer_operations && IsContextNarrower(grant.constraints, parent.constraints) &&
         (source.empty() || source == grant.constraints.source_arn);
}

std::optional<std::string_view> RightToRetire(const Grant& grant, const Principal& caller,
                                              bool policies_allow) {
  if (IsNamed(grant.retiring, grant.retiring_is_service, caller, policies_allow))
    return "retiring principal";
  if (Carries(grant, "RetireGrant") &&
      IsNamed(grant.grantee, grant.grantee_is_service, caller, policies_allow))
    return "grantee";
  // Where the grant was made, and where its key is.
  if (ActsForAccount(grant.issuing_account, caller, policies_allow) ||
      ActsForAccount(grant.account, caller, policies_allow))
    return "account of the grant";
  return std::nullopt;
}

}  // namespace kmaas::domain
