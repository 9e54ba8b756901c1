#include "keyservice/elevation/two_person.h"

#include <algorithm>

namespace kmaas::keyservice {
namespace {

constexpr std::string_view kVersion = "kmaas two-person operation v1";
constexpr std::uint32_t kOne = 1;
constexpr int kChangesFromClass = 4;

}  // namespace

std::uint32_t OthersNeeded(Sensitive operation, int information_class, const ClassTable& table) {
  const ClassRules& rules = table.Of(information_class);
  switch (operation) {
    case Sensitive::kScheduleKeyDeletion:
      return std::max(rules.approvals_delete, kOne);
    case Sensitive::kDisableKey:
    case Sensitive::kPutKeyPolicy:
      return information_class >= kChangesFromClass ? std::max(rules.approvals_change, kOne) : 0;
    case Sensitive::kMoveWrappedMaterial:
    case Sensitive::kInitialiseHsm:
    case Sensitive::kChangeHsmPin:
    case Sensitive::kChangeLogging:
    case Sensitive::kGrantControlRole:
      return kOne;
  }
  return kOne;
}

crypto::Sha256Digest HashOf(const ExactOperation& operation) {
  Bytes out;
  AppendField(out, kVersion);
  AppendField(out, operation.person);
  AppendField(out, operation.name);
  AppendField(out, operation.target);
  AppendField(out, operation.parameters);
  AppendField(out, operation.nonce);
  return crypto::Sha256(out);
}

Result<void> CheckConsents(const ConsentQuestion& question, const std::vector<Consent>& consents,
                           const ClassTable& table) {
  const crypto::Sha256Digest hash = HashOf(question.operation);
  const ClassRules& rules = table.Of(question.information_class);
  std::set<std::string> persons;
  for (const Consent& consent : consents) {
    const bool counts = consent.operation == hash && !consent.person.empty() &&
                        consent.person != question.operation.person &&
                        consent.given <= question.now && question.now < consent.expires &&
                        JudgeMfa(consent.mfa, rules, consent.given) == MfaVerdict::kGood;
    if (counts) persons.insert(consent.person);
  }
  const std::uint32_t needed = OthersNeeded(question.kind, question.information_class, table);
  if (persons.size() >= needed) return {};
  return Error{ErrorCode::kAccessDenied,
               question.operation.name + " needs the consent of " +
                   std::to_string(needed - persons.size()) +
                   " more person(s) to exactly this operation, with a fresh second factor"};
}

}  // namespace kmaas::keyservice
