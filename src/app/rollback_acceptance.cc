#include "app/rollback_acceptance.h"

#include <limits>
#include <utility>

#include "app/consenting_person.h"
#include "app/operator_trail.h"
#include "app/stored_seal_memory.h"
#include "base/json_text.h"
#include "base/log.h"
#include "records/newest_seal.h"
#include "records/set_back.h"

namespace kmaas::app {
namespace {

constexpr std::size_t kPersons = 2;

Error Denied(const identity::RollbackConsent& consent, const std::string& why) {
  return {ErrorCode::kAccessDenied,
          "the consent by access key " + consent.access_key_id + ": " + why};
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

// The commit that carries the new epoch. Codes that were given count no more, and the trail that
// lies there is the one that the database remembers: whatever ends this program next, kmaasd
// starts.
Result<void> GoBeyond(Foundation& foundation, const std::vector<Consenter>& persons,
                      std::uint64_t epoch, const std::optional<audit::SealMark>& seal,
                      const Clock& clock) {
  KM_TRY(const auto installation, foundation.catalog->Find<records::Installation>("this"));
  foundation.store->AdvanceEpochTo(epoch);
  return foundation.catalog->Write(
      [&](records::Changes& changes) -> Result<void> {
        for (const Consenter& person : persons)
          if (person.device) KM_CHECK(changes.Put(*person.device));
        KM_CHECK(records::NoteSetBack(changes));
        if (seal) KM_CHECK(records::NoteNewestSeal(changes, ToStored(*seal)));
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
  const storage::Evidence& evidence = foundation.evidence;
  if (auto refused =
          identity::RefuseConsent(consent, evidence.database.value_or(ports::StoreHead()),
                                  Remembered(evidence), clock.Now()))
    return *std::move(refused);
  KM_TRY(ConsentingPerson person,
         CheckPerson(foundation,
                     {consent.access_key_id, consent.time, consent.mfa_code, kAcceptRollbackAction,
                      [&consent](const SecretBytes& secret) {
                        return crypto::ConstantTimeEqual(consent.mac,
                                                         identity::ConsentMac(consent, secret));
                      }},
                     random, clock));
  return Consenter{std::move(person.user), consent, std::move(person.deciding_statement),
                   std::move(person.device)};
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
  KM_CHECK(GoBeyond(foundation, accepted.persons, epoch, opened->newest_seal(), clock));
  accepted.head = foundation.store->head();
  const Result<void> anchored = foundation.anchoring->Begin(trail, random, accepted.head);
  const Result<void> ended = opened->End();
  KM_CHECK(anchored);
  KM_CHECK(ended);
  log::Warning("rollback_accepted", {{"epoch", accepted.head.epoch},
                                     {"first", accepted.persons[0].user.arn()},
                                     {"second", accepted.persons[1].user.arn()}});
  return accepted;
}

}  // namespace kmaas::app
