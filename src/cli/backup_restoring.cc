#include "cli/backup_restoring.h"

#include "app/process.h"
#include "app/process_random.h"
#include "cli/backup_description.h"
#include "cli/json_writer.h"
#include "cli/standing.h"
#include "cli/step_progress.h"

namespace kmaas::cli {
namespace {

std::string Document(const app::Config& config, const app::RestoreReport& report) {
  JsonWriter json;
  json.BeginObject().Member("database", config.store.path);
  WriteHeader(json, report.header);
  json.Member("lost_seals", report.lost_seals).Member("cloned_token", report.new_token);
  WriteStanding(json, report.evidence);
  json.End();
  return std::move(json.text());
}

constexpr char kConsents[] =
    "Token or trail remember a later database, as they do when work went on after the backup: "
    "kmaasd refuses to serve\nthis one until two persons agree.\n"
    "  kmaas restore consent --out NAME.consent --reason TEXT      each of the two\n"
    "  kmaas restore --accept-rollback --consent A.consent --consent B.consent\n";

void PrintText(const app::Config& config, const app::RestoreReport& report, std::ostream& out) {
  out << config.store.path << ": restored, " << Describe(report.header) << '\n';
  if (report.new_token)
    out << "The token is a clone: the database now names it instead of the old one.\n";
  if (report.lost_seals > 0)
    out << "The audit trail begins anew with the record RestoreBackup; " << report.lost_seals
        << " seals were made over the one before, keep it.\n";
  const storage::Standing standing = storage::Judge(report.evidence);
  if (storage::MayServe(standing)) {
    out << "It is the newest that is remembered: kmaasd can be started.\n";
  } else {
    out << "It is " << storage::StandingName(standing) << ".\n" << kConsents;
  }
}

}  // namespace

Result<void> RestoreFromBackup(Invocation& invocation, app::RestoreOptions options) {
  KM_TRY(const app::Config config, invocation.Load());
  invocation.err << "restores " << options.file << " to " << config.store.path
                 << (options.keep_trail ? "; the audit trail in " : "; a new audit trail in ")
                 << config.audit.directory
                 << (options.keep_trail ? " goes on\n" : " says where it comes from\n");
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(app::UserPins pins, ObtainUserPins(config.hsm));
  app::ProcessRandom random;
  Result<app::RestoreReport> report = Error{ErrorCode::kKmsInternal, ""};
  {
    StepDisplay display(invocation.err);
    options.progress = std::ref(display);
    report = app::RestoreBackup(config, std::move(pins), options, random, invocation.clock);
  }
  if (!report) return report.error();
  if (invocation.json) {
    invocation.out << Document(config, *report);
  } else {
    PrintText(config, *report, invocation.out);
  }
  return {};
}

}  // namespace kmaas::cli
