#include "app/rollback_acceptance.h"

#include <limits>
#include <utility>

#include "app/operator_trail.h"
#include "base/ascii_case.h"
#include "base/json_text.h"
#include "base/log.h"
#include "core/stored_identity_sides.h"
#include "identity/mfa.h"
#include "identity/sealed_secrets.h"
#include "policy/decision.h"
#include "records/every_row.h"
#include "records/newest_seal.h"

namespace kmaas::app {
namespace {

constexpr std::size_t kPersons = 2;

// A consent is no request: it has no address, no agent, no session.
class NoConditions final : public policy::ConditionContext {
 public:
  bool Values(const policy::ConditionKey& /*key*/,
              std::vector<std::string_view>& /*values*/) const override {
    return false;
  }
};

Error Denied(const identity::RollbackConsent& consent, const std::string& why) {
  return {ErrorCode::kAccessDenied,
          "the consent by access key " + consent.access_key_id + ": " + why};
}

Result<std::string> RequireAllowed(Foundation& foundation, const records::User& user,
                                   const identity::RollbackConsent& consent) {
  const domain::Principal person{domain::PrincipalType::kIamUser,
                                 user.account,
                                 user.arn(),
                                 user.user_id,
                                 user.name,
                                 consent.access_key_id};
  core::StoredIdentitySides sides(*foundation.catalog);
  KM_TRY(const auto side, sides.Of(person));
  const std::string action = LowerAscii(kAcceptRollbackAction);
  const NoConditions conditions;
  const policy::Decision decision = policy::Decide({.principal = person,
                                                    .action = action,
                                                    .resource = "*",
                                                    .resource_account = user.account,
                                                    .context = conditions,
                                                    .identity = *side});
  if (decision.allowed()) return decision.Describe();
  return Denied(consent, "user " + user.arn() + " is not allowed to do " + kAcceptRollbackAction +
                             ": " + decision.Describe());
}

// None for a user without a device.
Result<std::optional<records::MfaDevice>> UseCode(Foundation& foundation,
                                                  identity::SealedSecrets& secrets,
                                                  const records::User& user,
                                                  const identity::RollbackConsent& consent,
                                                  Deadline deadline) {
  std::optional<records::MfaDevice> used;
  KM_TRY(std::vector<records::MfaDevice> devices,
         records::EveryRow<records::MfaDevice>(*foundation.catalog,
                                               records::AccountPrefix(user.account)));
  std::erase_if(devices, [&](const auto& one) { return one.user_name != user.name; });
  if (devices.empty()) return used;
  if (consent.mfa_code.empty())
    return Denied(consent, "user " + user.arn() + " has an MFA device: give its code");
  for (records::MfaDevice& device : devices) {
    KM_TRY(const SecretBytes seed, secrets.Open(device, deadline));
    if (identity::JudgeCode(device, seed, consent.mfa_code, consent.time) !=
        identity::MfaVerdict::kAccepted)
      continue;
    used = std::move(device);
    return used;
  }
  return Denied(consent, "the MFA code is not one of its time, or was used before");
}

void AppendHead(std::string& out, std::string_view name,
                const std::optional<ports::StoreHead>& head) {
  AppendJsonString(out, name);
  out += ":" + (head ? storage::AnchorDetails(*head) : std::string("null")) + ",";
}

// How far the seals of the trail went as this database has it, and as the trail itself has it: they
// differ when the database is older than a trail that was begun anew, or when the trail was cut.
struct Seals {
  std::uint64_t remembered = 0;
  std::uint64_t found = 0;
};

std::string DetailsOf(const storage::Evidence& evidence, const Seals& seals,
                      const std::vector<Consenter>& persons, std::uint64_t epoch) {
  std::string out = "{";
  AppendHead(out, "database", evidence.database);
  AppendHead(out, "token", evidence.token);
  AppendHead(out, "trail", evidence.trail ? std::optional(evidence.trail->head) : std::nullopt);
  out += R"("standing":)";
  AppendJsonString(out, storage::StandingName(storage::Judge(evidence)));
  out += R"(,"nextEpoch":)" + std::to_string(epoch) + R"(,"seals":{"remembered":)" +
         std::to_string(seals.remembered) + R"(,"found":)" + std::to_string(seals.found) +
         R"(},"consents":[)";
  for (const Consenter& person : persons) {
    if (&person != persons.data()) out.push_back(',');
    out += R"({"principal":)";
    AppendJsonString(out, person.user.arn());
    out += R"(,"accessKeyId":)";
    AppendJsonString(out, person.consent.access_key_id);
    out += R"(,"time":)";
    AppendJsonString(out, FormatIso8601(person.consent.time));
    out += R"(,"reason":)";
    AppendJsonString(out, person.consent.reason);
    out += R"(,"decidingStatement":)";
    AppendJsonString(out, person.deciding_statement);
    out += person.device ? R"(,"mfa":true})" : R"(,"mfa":false})";
  }
  return out + "]}";
}

Result<std::vector<Consenter>> CheckAll(Foundation& foundation,
                                        const std::vector<identity::RollbackConsent>& consents,
                                        ports::RandomSource& random, const Clock& clock) {
  if (consents.size() != kPersons)
    return Error{ErrorCode::kValidation, "the consent of two persons is needed, no more, no less"};
  std::vector<Consenter> persons;
  for (const identity::RollbackConsent& consent : consents) {
    KM_TRY(Consenter person, CheckConsent(foundation, consent, random, clock));
    persons.push_back(std::move(person));
  }
  if (persons[0].user.user_id == persons[1].user.user_id)
    return Denied(consents[1], "both consents are of user " + persons[0].user.arn() +
                                   "; two different persons are needed");
  return persons;
}

// A head that nobody forged is nowhere near the end of the numbers.
Result<std::uint64_t> EpochBeyond(std::uint64_t highest) {
  if (highest > std::numeric_limits<std::uint64_t>::max() / 2)
    return Error{ErrorCode::kValidation,
                 "a head of epoch " + std::to_string(highest) +
                     " is remembered, which no database reaches: somebody wrote it into the token "
                     "or the audit trail. Find out who, and take it away before anything is "
                     "accepted."};
  return highest + kEpochMargin;
}

// The commit that carries the new epoch. Codes that were given count no more.
Result<void> GoBeyond(Foundation& foundation, const std::vector<Consenter>& persons,
                      std::uint64_t epoch, const Clock& clock) {
  KM_TRY(const auto installation, foundation.catalog->Find<records::Installation>("this"));
  foundation.store->AdvanceEpochTo(epoch);
  return foundation.catalog->Write(
      [&](records::Changes& changes) -> Result<void> {
        for (const Consenter& person : persons)
          if (person.device) KM_CHECK(changes.Put(*person.device));
        return changes.Put(*installation);
      },
      Deadline::After(clock, kStepMax));
}

}  // namespace

ports::StoreHead Remembered(const storage::Evidence& evidence) {
  ports::StoreHead latest;
  if (evidence.trail) latest = evidence.trail->head;
  if (evidence.token && evidence.token->epoch >= latest.epoch) latest = *evidence.token;
  return latest;
}

Result<Consenter> CheckConsent(Foundation& foundation, const identity::RollbackConsent& consent,
                               ports::RandomSource& random, const Clock& clock) {
  const Deadline deadline = Deadline::After(clock, kStepMax);
  const storage::Evidence& evidence = foundation.evidence;
  if (auto refused =
          identity::RefuseConsent(consent, evidence.database.value_or(ports::StoreHead()),
                                  Remembered(evidence), clock.Now()))
    return *std::move(refused);
  KM_TRY(const auto key, foundation.catalog->Find<records::StoredAccessKey>(consent.access_key_id));
  if (key == nullptr || !key->active)
    return Denied(consent, "the database has no active access key of this id");
  KM_TRY(const auto user,
         foundation.catalog->Find<records::User>(records::UserRow(key->account, key->user_name)));
  if (user == nullptr) return Denied(consent, "its user is gone");
  identity::SealedSecrets secrets(*foundation.engine, random);
  KM_TRY(const SecretBytes secret, secrets.Open(*key, deadline));
  if (!crypto::ConstantTimeEqual(consent.mac, identity::ConsentMac(consent, secret)))
    return Denied(consent, "it was changed, or made with another secret");
  Consenter person{*user, consent, "", std::nullopt};
  KM_TRY(person.deciding_statement, RequireAllowed(foundation, *user, consent));
  KM_TRY(person.device, UseCode(foundation, secrets, *user, consent, deadline));
  return person;
}

Result<Acceptance> AcceptRollback(Foundation& foundation, const Config& config,
                                  const std::vector<identity::RollbackConsent>& consents,
                                  ports::RandomSource& random, const Clock& clock) {
  const storage::Evidence& evidence = foundation.evidence;
  Acceptance accepted;
  accepted.standing = storage::Judge(evidence);
  if (storage::MayServe(accepted.standing))
    return Error{ErrorCode::kValidation, config.store.path +
                                             ": there is nothing to accept: the database is " +
                                             std::string(storage::StandingName(accepted.standing))};
  KM_TRY(accepted.persons, CheckAll(foundation, consents, random, clock));
  KM_TRY(const std::uint64_t epoch, EpochBeyond(storage::HighestEpoch(evidence)));
  KM_TRY(const auto remembered, records::ReadNewestSeal(*foundation.catalog));
  KM_TRY(const auto opened, OperatorTrail::Open(config, foundation, SealsLookedFor::kOwn, clock));
  const Seals seals{remembered ? remembered->number : 0, opened->found_seals()};
  audit::Trail& trail = opened->trail();
  KM_CHECK(trail.Append(storage::StoreRecord("AcceptRollback",
                                             DetailsOf(evidence, seals, accepted.persons, epoch),
                                             config.region, random, clock.Now())));
  KM_CHECK(trail.Flush());
  KM_CHECK(GoBeyond(foundation, accepted.persons, epoch, clock));
  accepted.head = foundation.store->head();
  const Result<void> anchored = foundation.anchoring->Begin(trail, random, accepted.head);
  const Result<void> ended = foundation.anchoring->End();
  KM_CHECK(anchored);
  KM_CHECK(ended);
  KM_CHECK(opened->Seal());
  KM_CHECK(opened->NoteSeals());
  log::Warning("rollback_accepted", {{"epoch", accepted.head.epoch},
                                     {"first", accepted.persons[0].user.arn()},
                                     {"second", accepted.persons[1].user.arn()}});
  return accepted;
}

}  // namespace kmaas::app
