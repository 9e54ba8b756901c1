// kmaas root retire and kmaas root consent: the end of a generation of roots.
#include <memory>

#include "app/private_file.h"
#include "app/process.h"
#include "app/process_random.h"
#include "app/root_retirement.h"
#include "app/server_process.h"
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/persons.h"
#include "cli/table.h"

namespace kmaas::cli {
namespace {

struct RetireArguments {
  std::uint32_t generation = 0;
  std::vector<std::string> consents;  // files
  bool backups_acknowledged = false;
};

struct ConsentArguments {
  std::uint32_t generation = 0;
  std::string out;
  std::string reason;
  std::string mfa_code;
};

Result<identity::RetirementConsent> ReadConsent(const std::string& path) {
  KM_TRY(const std::string text, ReadConsentFile(path));
  auto consent = identity::ParseRetirementConsent(text);
  if (!consent)
    return Error{ErrorCode::kValidation, path + ": " + app::ForOperators(consent.error())};
  return consent;
}

void PrintRetired(Invocation& invocation, const app::Retirement& retirement,
                  const app::Retired& retired) {
  if (invocation.json) {
    JsonWriter json;
    json.BeginObject().Member("retired", retirement.generation);
    json.Key("generations_in_token").BeginArray();
    for (const std::uint32_t generation : retired.in_token) json.Number(generation);
    json.End().Key("consents").BeginArray();
    for (const app::ConsentingPerson& person : retired.persons)
      json.BeginObject()
          .Member("principal", person.user.arn())
          .Member("mfa", person.device.has_value())
          .End();
    json.End().End();
    invocation.out << json.text();
    return;
  }
  invocation.out << "The roots of generation " << retirement.generation
                 << " are destroyed. The audit trail says who agreed:\n";
  for (const app::ConsentingPerson& person : retired.persons)
    invocation.out << "  " << Harmless(person.user.arn()) << '\n';
}

Result<void> Retire(Invocation& invocation, const RetireArguments& arguments) {
  KM_TRY(const app::Config config, invocation.Load());
  app::Retirement retirement{arguments.generation, arguments.backups_acknowledged, {}};
  for (const std::string& path : arguments.consents) {
    KM_TRY(retirement.consents.emplace_back(), ReadConsent(path));
  }
  if (const auto server = app::ServerProcess(config.store.path))
    return Error{ErrorCode::kValidation,
                 "stop kmaasd first (process " + *server +
                     "): while it serves, a call may still write what the old roots wrapped"};
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(app::UserPins pins, ObtainUserPins(config.hsm));
  KM_TRY(app::Foundation foundation,
         app::OpenFoundation(config, std::move(pins), storage::OpenMode::kOpenExisting,
                             invocation.clock));
  app::ProcessRandom random;
  const auto retired = app::RetireRoots(foundation, config, retirement, random, invocation.clock);
  foundation.Close();
  if (!retired) return retired.error();
  PrintRetired(invocation, retirement, *retired);
  return {};
}

Result<void> Consent(Invocation& invocation, const ConsentArguments& arguments) {
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(const PersonsKey key, ObtainPersonsKey());
  KM_TRY(app::Foundation foundation, OpenForReading(config, invocation.clock));
  const std::string serial = foundation.engine->Status().token_serial;
  foundation.Close();
  identity::RetirementConsent consent;
  consent.access_key_id = key.id;
  consent.time = std::chrono::floor<std::chrono::seconds>(invocation.clock.Now());
  consent.reason = arguments.reason;
  consent.mfa_code = arguments.mfa_code;
  consent.token_serial = serial;
  consent.generation = arguments.generation;
  consent.mac = identity::RetirementMac(consent, key.secret);
  const std::string text = identity::RenderRetirementConsent(consent);
  KM_CHECK(identity::ParseRetirementConsent(text));
  KM_CHECK(app::WriteNewFile(arguments.out, text, app::kPrivateFile));
  invocation.out << arguments.out << ": consents to destroy generation " << arguments.generation
                 << " of the roots in token " << serial << "; holds for one hour\n";
  return {};
}

CLI::Option* AddGeneration(CLI::App& command, std::uint32_t& generation) {
  return command.add_option("GENERATION", generation, "Number of the generation")
      ->type_name("NUMBER")
      ->check(CLI::Range(1U, 4294967295U))
      ->required();
}

void AddRetire(CLI::App& root, Invocation& invocation) {
  const auto arguments = std::make_shared<RetireArguments>();
  CLI::App& retire = *root.add_subcommand("retire", "Destroy an old generation of roots, for good");
  invocation.AddConfigOption(retire);
  AddGeneration(retire, arguments->generation);
  retire
      .add_option("--consent", arguments->consents,
                  "A consent made by `kmaas root consent`; two are needed")
      ->type_name("FILE");
  retire.add_flag("--even-though-backups-need-it", arguments->backups_acknowledged,
                  "Backups that were made before the rotation cannot be restored afterwards");
  invocation.AddJsonOption(retire);
  retire.footer(
      "Refuses while any key material needs the generation, whoever's key that is and in whatever "
      "state. kmaasd\nmust be stopped. The consents of two different users are needed; the audit "
      "trail names them before anything\nis destroyed. Afterwards the token is sought once more "
      "for what should be gone.\n\n"
      "Example:\n"
      "  kmaas root retire 1 --consent alice.consent --consent bob.consent \\\n"
      "                      --even-though-backups-need-it");
  retire.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return Retire(invocation, *arguments); };
  });
}

void AddConsent(CLI::App& root, Invocation& invocation) {
  const auto arguments = std::make_shared<ConsentArguments>();
  CLI::App& consent = *root.add_subcommand(
      "consent", "Consent, with your own access key, to destroy a generation of roots");
  invocation.AddConfigOption(consent);
  AddGeneration(consent, arguments->generation);
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
      "terminal.\nYour policies must allow the action kmaas:RetireRoot. The consent holds for this "
      "token, this generation\nand one hour.\n\n"
      "Example:\n"
      "  kmaas root consent 1 --out alice.consent --reason \"yearly rotation\"");
  consent.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return Consent(invocation, *arguments); };
  });
}

}  // namespace

void AddRootRetirement(CLI::App& root, Invocation& invocation) {
  AddRetire(root, invocation);
  AddConsent(root, invocation);
}

}  // namespace kmaas::cli
