#include "tests/api/authorisation_rules.h"

#include <algorithm>

namespace kmaas::api {
namespace {

// What acts on no key: policies of identities decide, on everything.
const std::set<std::string>& AccountOperations() {
  static const std::set<std::string> kNames = {"ConnectCustomKeyStore",
                                               "CreateCustomKeyStore",
                                               "CreateKey",
                                               "DeleteCustomKeyStore",
                                               "DescribeCustomKeyStores",
                                               "DisconnectCustomKeyStore",
                                               "GenerateRandom",
                                               "ListAliases",
                                               "ListKeys",
                                               "ListRetirableGrants",
                                               "UpdateCustomKeyStore"};
  return kNames;
}

const std::set<std::string>& GrantActions() {
  static const std::set<std::string> kNames = {"kms:CreateGrant",
                                               "kms:Decapsulate",
                                               "kms:Decrypt",
                                               "kms:DeriveSharedSecret",
                                               "kms:DescribeKey",
                                               "kms:Encapsulate",
                                               "kms:Encrypt",
                                               "kms:GenerateDataKey",
                                               "kms:GenerateDataKeyPair",
                                               "kms:GenerateDataKeyPairWithoutPlaintext",
                                               "kms:GenerateDataKeyWithoutPlaintext",
                                               "kms:GenerateMac",
                                               "kms:GetPublicKey",
                                               "kms:ReEncryptFrom",
                                               "kms:ReEncryptTo",
                                               "kms:RetireGrant",
                                               "kms:Sign",
                                               "kms:Verify",
                                               "kms:VerifyMac"};
  return kNames;
}

// Whatever a grant can allow, and the care of grants and what describes a key.
bool WorksAcrossAccounts(const std::string& operation) {
  static const std::set<std::string> kOthers = {"GetKeyRotationStatus", "ListGrants", "ReEncrypt",
                                                "RevokeGrant"};
  return kOthers.contains(operation) || IsGrantAction("kms:" + operation);
}

class Holder {
 public:
  explicit Holder(const Permissions& permissions) : permissions_(permissions) {}

  bool Has(Through through, Place place, const std::string& action) const {
    return Any([&](const Given& one) {
      return one.through == through && one.place == place &&
             (through == Through::kDelegation || one.actions.contains(action));
    });
  }
  bool HasOnAll(const std::string& action) const {
    return Any([&](const Given& one) {
      return one.through == Through::kIdentityPolicyOnAll && one.actions.contains(action);
    });
  }
  bool HasOnAlias(const std::string& action) const {
    return HasOnAll(action) || Any([&](const Given& one) {
             return one.through == Through::kIdentityPolicyOnAlias && one.actions.contains(action);
           });
  }
  bool HasByIdentity(Place place, const std::string& action) const {
    return HasOnAll(action) || Has(Through::kIdentityPolicy, place, action);
  }
  bool HasByGrant(Place place, const std::string& action) const {
    return IsGrantAction(action) && Has(Through::kGrant, place, action);
  }

  // The key policy is the root of trust: it allows itself or leaves it to the account; from another
  // account both sides are needed. A grant is enough.
  bool MayOnKey(const std::string& operation, Place place, const std::string& action) const {
    const bool foreign = place == Place::kForeign;
    if (foreign && !WorksAcrossAccounts(operation)) return false;
    if (HasByGrant(place, action)) return true;
    const bool named = Has(Through::kKeyPolicy, place, action);
    const bool delegated = Has(Through::kDelegation, place, action);
    const bool by_identity = HasByIdentity(place, action);
    return foreign ? (named || delegated) && by_identity : named || (delegated && by_identity);
  }

 private:
  template <class Predicate>
  bool Any(Predicate predicate) const {
    return std::any_of(permissions_.begin(), permissions_.end(), predicate);
  }
  const Permissions& permissions_;
};

// A grant says who may retire it: its grantee, when it carries the operation; and the account where
// it was made, for which its identity policies let others act. A key policy says nothing.
bool MayRetire(Place place, const Holder& holder) {
  const std::string action = "kms:RetireGrant";
  return holder.HasByGrant(place, action) ||
         (place != Place::kForeign && holder.HasByIdentity(place, action));
}

bool IsMet(const Need& need, const Asked& call, const Holder& holder) {
  switch (need.on) {
    case Need::On::kNothing:
      return holder.HasOnAll(need.action);
    case Need::On::kAlias:
      return holder.HasOnAlias(need.action);
    case Need::On::kKeyOfAlias:
      return holder.MayOnKey(call.operation, kAliasTarget, need.action);
    case Need::On::kFirstKey:
      return holder.MayOnKey(call.operation, call.keys.at(0), need.action);
    case Need::On::kSecondKey:
      return holder.MayOnKey(call.operation, call.keys.at(1), need.action);
  }
  return false;
}

}  // namespace

bool IsGrantAction(const std::string& action) { return GrantActions().contains(action); }

std::vector<Need> NeedsOf(const std::string& operation) {
  using On = Need::On;
  const std::string action = "kms:" + operation;
  if (operation == "ReEncrypt")
    return {{"kms:ReEncryptFrom", On::kFirstKey}, {"kms:ReEncryptTo", On::kSecondKey}};
  if (operation == "CreateAlias") return {{action, On::kAlias}, {action, On::kFirstKey}};
  if (operation == "DeleteAlias") return {{action, On::kAlias}, {action, On::kKeyOfAlias}};
  if (operation == "UpdateAlias")
    return {{action, On::kAlias}, {action, On::kKeyOfAlias}, {action, On::kFirstKey}};
  if (AccountOperations().contains(operation)) return {{action, On::kNothing}};
  return {{action, On::kFirstKey}};
}

bool MayPass(const Asked& call, const Permissions& permissions) {
  const Holder holder(permissions);
  if (call.operation == "RetireGrant") return MayRetire(call.keys.at(0), holder);
  // A listing of the account may be narrowed to one of its keys.
  const bool names_foreign =
      std::find(call.keys.begin(), call.keys.end(), Place::kForeign) != call.keys.end();
  if (names_foreign && !WorksAcrossAccounts(call.operation)) return false;
  const std::vector<Need> needs = NeedsOf(call.operation);
  return std::all_of(needs.begin(), needs.end(),
                     [&](const Need& need) { return IsMet(need, call, holder); });
}

}  // namespace kmaas::api
