#include "app/root_retirement.h"

#include <functional>
#include <string>
#include <utility>

#include "app/operator_trail.h"
#include "base/json_text.h"
#include "base/log.h"

namespace kmaas::app {
namespace {

constexpr std::size_t kPersons = 2;

Error Refused(std::string message) { return {ErrorCode::kValidation, std::move(message)}; }

Result<void> CheckUnused(const RootReport& report, const Retirement& retirement) {
  const std::string name = "generation " + std::to_string(retirement.generation);
  if (retirement.generation == report.in_use)
    return Refused(name + " of the roots is in use: it wraps new keys. Nothing was destroyed.");
  const auto used = report.by_generation.find(retirement.generation);
  if (used != report.by_generation.end())
    return Refused(name + " of the roots is needed by " + std::to_string(used->second) +
                   " key materials, and is not destroyed. kmaasd brings them to generation " +
                   std::to_string(report.in_use) + "; `kmaas root status` tells how far it is.");
  if (retirement.backups_acknowledged) return {};
  const bool settled = report.use && report.use->settled;
  return Refused("backups of the database made before " +
                 (settled ? FormatIso8601(*report.use->settled) : std::string("now")) +
                 " can only be restored with " + name +
                 " of the roots. When none of them will be needed any more, say so with "
                 "--even-though-backups-need-it. Nothing was destroyed.");
}

Result<ConsentingPerson> CheckOne(Foundation& foundation,
                                  const identity::RetirementConsent& consent,
                                  const Retirement& retirement, ports::RandomSource& random,
                                  const Clock& clock) {
  const std::string serial = foundation.engine->Status().token_serial;
  if (auto refused =
          identity::RefuseRetirement(consent, serial, retirement.generation, clock.Now()))
    return *std::move(refused);
  return CheckPerson(foundation,
                     {consent.access_key_id, consent.time, consent.mfa_code, kRetireRootAction,
                      [&consent](const SecretBytes& secret) {
                        return crypto::ConstantTimeEqual(consent.mac,
                                                         identity::RetirementMac(consent, secret));
                      }},
                     random, clock);
}

Result<std::vector<ConsentingPerson>> CheckAll(Foundation& foundation, const Retirement& retirement,
                                               ports::RandomSource& random, const Clock& clock) {
  if (retirement.consents.size() != kPersons)
    return Refused("the consent of two persons is needed, no more, no less");
  std::vector<ConsentingPerson> persons;
  for (const identity::RetirementConsent& consent : retirement.consents) {
    KM_TRY(ConsentingPerson person, CheckOne(foundation, consent, retirement, random, clock));
    persons.push_back(std::move(person));
  }
  if (persons[0].user.user_id == persons[1].user.user_id)
    return Error{ErrorCode::kAccessDenied, "both consents are of user " + persons[0].user.arn() +
                                               "; two different persons are needed"};
  return persons;
}

std::string DetailsOf(const Retirement& retirement, const std::vector<ConsentingPerson>& persons) {
  std::string out = R"({"generation":)" + std::to_string(retirement.generation) +
                    R"(,"backupsAcknowledged":true,"consents":[)";
  for (std::size_t i = 0; i < persons.size(); ++i) {
    const auto& [user, statement, device] = persons[i];
    const auto& consent = retirement.consents[i];
    if (i > 0) out.push_back(',');
    out += R"({"principal":)";
    AppendJsonString(out, user.arn());
    out += R"(,"accessKeyId":)";
    AppendJsonString(out, consent.access_key_id);
    out += R"(,"time":)";
    AppendJsonString(out, FormatIso8601(consent.time));
    out += R"(,"reason":)";
    AppendJsonString(out, consent.reason);
    out += R"(,"decidingStatement":)";
    AppendJsonString(out, statement);
    out += device ? R"(,"mfa":true})" : R"(,"mfa":false})";
  }
  return out + "]}";
}

// Codes that were given count no more, whatever comes.
Result<void> UseUpCodes(Foundation& foundation, const std::vector<ConsentingPerson>& persons,
                        const Clock& clock) {
  return foundation.catalog->Write(
      [&](records::Changes& changes) -> Result<void> {
        for (const ConsentingPerson& person : persons)
          if (person.device) KM_CHECK(changes.Put(*person.device));
        return {};
      },
      Deadline::After(clock, kStepMax));
}

// Recorded before it is done: an end of roots that nobody can account for must not be.
Result<void> DestroyRecorded(Foundation& foundation, const Retirement& retirement,
                             const std::vector<ConsentingPerson>& persons, audit::Trail& trail,
                             const std::function<ports::AuditRecord(std::string)>& record,
                             const Clock& clock) {
  const std::string details = DetailsOf(retirement, persons);
  KM_CHECK(trail.Append(record(details)));
  KM_CHECK(trail.Flush());
  KM_CHECK(UseUpCodes(foundation, persons, clock));
  Result<void> destroyed =
      foundation.engine->roots().Destroy(retirement.generation, Deadline::After(clock, kStepMax));
  if (destroyed) return destroyed;
  ports::AuditRecord failure = record(details);
  failure.error_code = "KMSInternalException";
  failure.error_message = destroyed.error().message;
  if (const auto appended = trail.Append(failure); !appended)
    log::Error("retirement_not_recorded", {{"detail", ForOperators(appended.error())}});
  return destroyed;
}

}  // namespace

Result<Retired> RetireRoots(Foundation& foundation, const Config& config,
                            const Retirement& retirement, ports::RandomSource& random,
                            const Clock& clock) {
  KM_TRY(const RootReport report, ReportRoots(foundation));
  KM_CHECK(CheckUnused(report, retirement));
  KM_TRY(std::vector<ConsentingPerson> persons, CheckAll(foundation, retirement, random, clock));
  KM_CHECK(foundation.engine->roots().WrapWith(report.in_use, Deadline::After(clock, kStepMax)));
  KM_TRY(const auto opened, OperatorTrail::Begin(config, foundation, random, clock));
  const auto record = [&](std::string details) {
    return storage::StoreRecord("RetireRoots", std::move(details), config.region, random,
                                clock.Now());
  };
  const Result<void> destroyed =
      DestroyRecorded(foundation, retirement, persons, opened->trail(), record, clock);
  const Result<void> ended = opened->End();
  KM_CHECK(destroyed);
  KM_CHECK(ended);
  return Retired{std::move(persons), foundation.engine->Status().root_generations};
}

}  // namespace kmaas::app
