#include "app/consenting_person.h"

#include <utility>

#include "base/ascii_case.h"
#include "core/stored_identity_sides.h"
#include "identity/mfa.h"
#include "identity/sealed_secrets.h"
#include "policy/decision.h"
#include "records/every_row.h"

namespace kmaas::app {
namespace {

// A consent is no request: it has no address, no agent, no session.
class NoConditions final : public policy::ConditionContext {
 public:
  bool Values(const policy::ConditionKey& /*key*/,
              std::vector<std::string_view>& /*values*/) const override {
    return false;
  }
};

Error Denied(const ConsentFacts& facts, const std::string& why) {
  return {ErrorCode::kAccessDenied,
          "the consent by access key " + facts.access_key_id + ": " + why};
}

Result<std::string> RequireAllowed(Foundation& foundation, const records::User& user,
                                   const ConsentFacts& facts) {
  const domain::Principal person{domain::PrincipalType::kIamUser,
                                 user.account,
                                 user.arn(),
                                 user.user_id,
                                 user.name,
                                 facts.access_key_id};
  core::StoredIdentitySides sides(*foundation.catalog);
  KM_TRY(const auto side, sides.Of(person));
  const std::string action = LowerAscii(facts.action);
  const NoConditions conditions;
  const policy::Decision decision = policy::Decide({.principal = person,
                                                    .action = action,
                                                    .resource = "*",
                                                    .resource_account = user.account,
                                                    .context = conditions,
                                                    .identity = *side});
  if (decision.allowed()) return decision.Describe();
  return Denied(facts, "user " + user.arn() + " is not allowed to do " + facts.action + ": " +
                           decision.Describe());
}

// None for a user without a device.
Result<std::optional<records::MfaDevice>> UseCode(Foundation& foundation,
                                                  identity::SealedSecrets& secrets,
                                                  const records::User& user,
                                                  const ConsentFacts& facts, Deadline deadline) {
  std::optional<records::MfaDevice> used;
  KM_TRY(std::vector<records::MfaDevice> devices,
         records::EveryRow<records::MfaDevice>(*foundation.catalog,
                                               records::AccountPrefix(user.account)));
  std::erase_if(devices, [&](const auto& one) { return one.user_name != user.name; });
  if (devices.empty()) return used;
  if (facts.mfa_code.empty())
    return Denied(facts, "user " + user.arn() + " has an MFA device: give its code");
  for (records::MfaDevice& device : devices) {
    KM_TRY(const SecretBytes seed, secrets.Open(device, deadline));
    if (identity::JudgeCode(device, seed, facts.mfa_code, facts.time) !=
        identity::MfaVerdict::kAccepted)
      continue;
    used = std::move(device);
    return used;
  }
  return Denied(facts, "the MFA code is not one of its time, or was used before");
}

}  // namespace

Result<ConsentingPerson> CheckPerson(Foundation& foundation, const ConsentFacts& facts,
                                     ports::RandomSource& random, const Clock& clock) {
  const Deadline deadline = Deadline::After(clock, kStepMax);
  KM_TRY(const auto key, foundation.catalog->Find<records::StoredAccessKey>(facts.access_key_id));
  if (key == nullptr || !key->active)
    return Denied(facts, "the database has no active access key of this id");
  KM_TRY(const auto user,
         foundation.catalog->Find<records::User>(records::UserRow(key->account, key->user_name)));
  if (user == nullptr) return Denied(facts, "its user is gone");
  identity::SealedSecrets secrets(*foundation.engine, random);
  KM_TRY(const SecretBytes secret, secrets.Open(*key, deadline));
  if (!facts.is_signed_by(secret))
    return Denied(facts, "it was changed, or made with another secret");
  ConsentingPerson person{*user, "", std::nullopt};
  KM_TRY(person.deciding_statement, RequireAllowed(foundation, *user, facts));
  KM_TRY(person.device, UseCode(foundation, secrets, *user, facts, deadline));
  return person;
}

}  // namespace kmaas::app
