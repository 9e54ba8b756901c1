// kmaas restore: a database from a backup, whether it is the newest, and going on with an older
// one.
#include <cstdlib>
#include <fstream>
#include <memory>

#include "app/private_file.h"
#include "app/process.h"
#include "app/process_random.h"
#include "app/rollback_acceptance.h"
#include "cli/backup_restoring.h"
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/persons.h"
#include "cli/standing.h"
#include "cli/table.h"

namespace kmaas::cli {
namespace {

struct RestoreArguments {
  app::RestoreOptions backup;
  bool accept = false;
  std::vector<std::string> consents;  // files
};

struct ConsentArguments {
  std::string out;
  std::string reason;
  std::string mfa_code;
};

Result<identity::RollbackConsent> ReadConsent(const std::string& path) {
  KM_TRY(const std::string text, ReadConsentFile(path));
  auto consent = identity::ParseConsent(text);
  if (!consent)
    return Error{ErrorCode::kValidation, path + ": " + app::ForOperators(consent.error())};
  return consent;
}

std::string Document(const std::string& path, const storage::Evidence& evidence) {
  JsonWriter json;
  json.BeginObject().Member("database", path);
  WriteStanding(json, evidence);
  if (evidence.anchored_since)
    json.Member("anchored_since", FormatIso8601(*evidence.anchored_since));
  json.End();
  return std::move(json.text());
}

// The error is the exit status: others ask this command.
Result<void> Show(Invocation& invocation, const app::Config& config) {
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(app::UserPins pins, ObtainUserPins(config.hsm));
  KM_TRY(
      app::Foundation foundation,
      app::OpenUnjudged(config, std::move(pins), storage::OpenMode::kReadOnly, invocation.clock));
  const storage::Evidence evidence = foundation.evidence;
  foundation.Close();
  const storage::Standing standing = storage::Judge(evidence);
  if (invocation.json) {
    invocation.out << Document(config.store.path, evidence);
  } else {
    invocation.out << config.store.path << ": " << storage::StandingName(standing) << '\n'
                   << storage::Describe(evidence) << '\n';
  }
  if (storage::MayServe(standing)) return {};
  return Error{ErrorCode::kKmsInternal, "the database is not the newest that there was: " +
                                            std::string(storage::StandingName(standing))};
}

void PrintAcceptance(Invocation& invocation, const app::Config& config,
                     const app::Acceptance& accepted) {
  if (invocation.json) {
    JsonWriter json;
    json.BeginObject()
        .Member("database", config.store.path)
        .Member("was", storage::StandingName(accepted.standing))
        .Member("epoch", accepted.head.epoch)
        .Key("consents")
        .BeginArray();
    for (const app::Consenter& person : accepted.persons)
      json.BeginObject()
          .Member("principal", person.user.arn())
          .Member("reason", person.consent.reason)
          .Member("mfa", person.device.has_value())
          .End();
    json.End().End();
    invocation.out << json.text();
    return;
  }
  invocation.out << config.store.path << ": accepted, was "
                 << storage::StandingName(accepted.standing) << "; goes on with epoch "
                 << accepted.head.epoch << ". The audit trail says who agreed:\n";
  for (const app::Consenter& person : accepted.persons)
    invocation.out << "  " << person.user.arn() << ": " << Harmless(person.consent.reason) << '\n';
}

Result<void> Accept(Invocation& invocation, const app::Config& config,
                    const RestoreArguments& arguments) {
  std::vector<identity::RollbackConsent> consents;
  for (const std::string& path : arguments.consents) {
    KM_TRY(consents.emplace_back(), ReadConsent(path));
  }
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(app::UserPins pins, ObtainUserPins(config.hsm));
  KM_TRY(app::Foundation foundation,
         app::OpenUnjudged(config, std::move(pins), storage::OpenMode::kOpenExisting,
                           invocation.clock));
  app::ProcessRandom random;
  const auto accepted = app::AcceptRollback(foundation, config, consents, random, invocation.clock);
  foundation.Close();
  if (!accepted) return accepted.error();
  PrintAcceptance(invocation, config, *accepted);
  return {};
}

Result<void> Restore(Invocation& invocation, const RestoreArguments& arguments) {
  const bool from_backup = !arguments.backup.file.empty();
  if (from_backup && (arguments.accept || !arguments.consents.empty()))
    return Error{ErrorCode::kValidation,
                 "consents are about a database that is there: restore FILE first, then consent"};
  if (from_backup) return RestoreFromBackup(invocation, arguments.backup);
  if (arguments.backup.keep_trail || !arguments.backup.configuration_file.empty())
    return Error{ErrorCode::kValidation, "--keep-trail and --configuration go with a FILE"};
  KM_TRY(const app::Config config, invocation.Load());
  if (arguments.accept) return Accept(invocation, config, arguments);
  if (arguments.consents.empty()) return Show(invocation, config);
  return Error{ErrorCode::kValidation, "--consent goes with --accept-rollback"};
}

Result<void> Consent(Invocation& invocation, const ConsentArguments& arguments) {
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(const PersonsKey key, ObtainPersonsKey());
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(app::UserPins pins, ObtainUserPins(config.hsm));
  KM_TRY(
      app::Foundation foundation,
      app::OpenUnjudged(config, std::move(pins), storage::OpenMode::kReadOnly, invocation.clock));
  const storage::Evidence evidence = foundation.evidence;
  foundation.Close();
  identity::RollbackConsent consent;
  consent.access_key_id = key.id;
  consent.time = std::chrono::floor<std::chrono::seconds>(invocation.clock.Now());
  consent.reason = arguments.reason;
  consent.mfa_code = arguments.mfa_code;
  consent.database = evidence.database.value_or(ports::StoreHead());
  consent.remembered = app::Remembered(evidence);
  consent.mac = identity::ConsentMac(consent, key.secret);
  const std::string text = identity::RenderConsent(consent);
  KM_CHECK(identity::ParseConsent(text));
  KM_CHECK(app::WriteNewFile(arguments.out, text, app::kPrivateFile));
  invocation.out << arguments.out << ": consents to go on with " << config.store.path
                 << " at epoch " << consent.database.epoch << ", where epoch "
                 << consent.remembered.epoch << " is remembered; holds for one hour\n";
  return {};
}

void AddConsent(CLI::App& restore, Invocation& invocation) {
  const auto arguments = std::make_shared<ConsentArguments>();
  CLI::App& consent = *restore.add_subcommand(
      "consent", "Consent, with your own access key, to go on with an older database");
  invocation.AddConfigOption(consent);
  consent.add_option("--out", arguments->out, "The new file of the consent")
      ->type_name("FILE")
      ->required();
  consent.add_option("--reason", arguments->reason, "Why; the audit trail will have it")
      ->type_name("TEXT")
      ->required();
  consent
      .add_option("--mfa-code", arguments->mfa_code,
                  "The present code of your MFA device, when you have one")
      ->type_name("CODE");
  consent.footer(
      "Your access key comes from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or is asked at the "
      "terminal.\nYour policies must allow the action kmaas:AcceptRollback. The consent holds for "
      "this database and for one\nhour.\n\n"
      "Example:\n"
      "  kmaas restore consent --out alice.consent --reason \"disk failure, backup of 03:00\"");
  consent.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return Consent(invocation, *arguments); };
  });
}

}  // namespace

void AddRestoreCommand(CLI::App& program, Invocation& invocation) {
  const auto arguments = std::make_shared<RestoreArguments>();
  CLI::App& restore = *program.add_subcommand(
      "restore",
      "Make a node from a backup; say whether the database is the newest, accept an older one");
  restore.require_subcommand(0, 1);
  restore.add_option("file", arguments->backup.file, "A backup, into an empty data directory")
      ->type_name("FILE");
  restore.add_flag("--keep-trail", arguments->backup.keep_trail,
                   "Go on with the audit trail that is there");
  restore
      .add_option("--configuration", arguments->backup.configuration_file,
                  "A new file for the configuration that the backup has")
      ->type_name("FILE");
  invocation.AddConfigOption(restore);
  restore.add_flag("--accept-rollback", arguments->accept,
                   "Go on with this database although a newer one is remembered");
  restore
      .add_option("--consent", arguments->consents,
                  "A consent made by `kmaas restore consent`; two are needed")
      ->type_name("FILE");
  invocation.AddJsonOption(restore);
  restore.footer(
      "With FILE it puts the database of a backup, and grpc-principals.yaml, into a data directory "
      "that has none,\nand begins an audit trail that says so. The token is the one that the "
      "backup was made with, or a clone. TLS\nfiles come from elsewhere. Nothing that is there is "
      "replaced.\n\n"
      "Without FILE and without --accept-rollback it shows where the database stands against what "
      "the token and the "
      "audit\ntrail remember, and fails when kmaasd would refuse to start. To accept, stop kmaasd "
      "and give the\nconsents of two different users.\n\n"
      "Examples:\n"
      "  kmaas restore kmaas-2026-11-27.backup\n"
      "  kmaas restore\n"
      "  kmaas restore --accept-rollback --consent alice.consent --consent bob.consent");
  AddConsent(restore, invocation);
  restore.callback([&invocation, &restore, arguments] {
    if (!restore.get_subcommands().empty()) return;
    invocation.action = [&invocation, arguments] { return Restore(invocation, *arguments); };
  });
}

}  // namespace kmaas::cli
