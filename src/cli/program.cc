#include "cli/program.h"

#include <algorithm>
#include <iostream>

#include "app/custodian_settings.h"
#include "app/pin.h"
#include "app/private_file.h"
#include "app/process.h"
#include "cli/backup_command.h"
#include "cli/commands.h"
#include "cli/custodian_commands.h"
#include "cli/share_prompt.h"

namespace kmaas::cli {
namespace {

constexpr char kDescription[] =
    "The operator's command line of kmaas, a key management service whose root keys live in an "
    "HSM.\n"
    "It sets a service up and looks into it; keys are made and used through the server, with the "
    "AWS\ncommand line, an AWS SDK or gRPC.";

constexpr char kFooter[] =
    "Examples:\n"
    "  kmaas init --config kmaas.yaml --so-pin-file so.pin\n"
    "                                   sets up token, database, administrator, certificates\n"
    "  kmaasd --config kmaas.yaml       serves (see kmaasd(8))\n"
    "  kmaas status --config kmaas.yaml\n"
    "  kmaas key list --config kmaas.yaml --json\n"
    "  kmaas audit verify --config kmaas.yaml\n"
    "  kmaas verify --config kmaas.yaml checks every row of the database\n"
    "  kmaas backup FILE --config kmaas.yaml\n"
    "                                   beside the server; kmaas restore FILE makes a node of it\n"
    "\n"
    "`kmaas COMMAND --help` explains each command. Without --config, commands read $KMAAS_CONFIG "
    "or\n/etc/kmaas/kmaas.yaml. The user PIN comes from hsm.pin_file, from the variable "
    "hsm.pin_environment\n(KMAAS_USER_PIN), or is asked at the terminal: the shares "
    "of\ncustodians, with "
    "hsm.pin_from: custodians.\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong arguments.";

}  // namespace

void Invocation::AddConfigOption(CLI::App& command) {
  command.add_option("--config", config_file, "The configuration of the service")
      ->envname("KMAAS_CONFIG")
      ->type_name("FILE")
      ->capture_default_str();
}

void Invocation::AddJsonOption(CLI::App& command) {
  command.add_flag("--json", json, "Write JSON");
}

Result<app::Config> Invocation::Load() const {
  if (app::Exists(config_file)) return app::LoadConfig(config_file);
  return Error{ErrorCode::kValidation,
               config_file +
                   ": there is no such file; name the configuration with --config or by the "
                   "variable KMAAS_CONFIG"};
}

namespace {

Result<SecretBytes> AskUserPin(const std::string& token, const std::string& variable) {
  Result<SecretBytes> asked = app::AskPin("User PIN of token " + token);
  if (asked) return asked;
  return Error{ErrorCode::kValidation,
               "no user PIN: set hsm.pin_file in the configuration, set the variable " + variable +
                   ", or run at a terminal"};
}

}  // namespace

Result<SecretBytes> ObtainUserPin(const app::HsmConfig& hsm) {
  if (app::PinFromCustodians(hsm)) return AskShares();
  KM_TRY(SecretBytes pin, app::ReadUserPin(hsm));
  if (!pin.empty()) return pin;
  return AskUserPin(hsm.token_label, hsm.pin_environment);
}

Result<app::UserPins> ObtainUserPins(const app::HsmConfig& hsm) {
  return app::ReadUserPins(hsm, [&](const std::string& token) {
    return app::PinFromCustodians(hsm) ? AskShares() : AskUserPin(token, hsm.pin_environment);
  });
}

Result<app::Foundation> OpenForReading(const app::Config& config, const Clock& clock) {
  KM_TRY(app::UserPins pins, ObtainUserPins(config.hsm));
  return OpenForReading(config, std::move(pins), clock);
}

Result<app::Foundation> OpenForReading(const app::Config& config, app::UserPins pins,
                                       const Clock& clock) {
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(app::Foundation foundation,
         app::OpenFoundation(config, std::move(pins), storage::OpenMode::kReadOnly, clock));
  const auto newest = storage::RefuseUnlessNewest(foundation.evidence, config.store.path);
  if (!newest) std::cerr << "kmaas: warning: " << newest.error().message << '\n';
  return foundation;
}

std::unique_ptr<CLI::App> MakeProgram(Invocation& invocation) {
  auto program = std::make_unique<CLI::App>(kDescription, "kmaas");
  program->require_subcommand(1);
  program->footer(kFooter);
  program->get_formatter()->column_width(34);
  program->set_help_flag("-h,--help", "Show help");
  program->set_version_flag("--version", "kmaas " KMAAS_VERSION, "Show the version");
  AddInitCommand(*program, invocation);
  AddStatusCommand(*program, invocation);
  AddReloadCommand(*program, invocation);
  AddKeyCommands(*program, invocation);
  AddAccountCommands(*program, invocation);
  AddAuditCommands(*program, invocation);
  AddBackupCommand(*program, invocation);
  AddRestoreCommand(*program, invocation);
  AddRootCommands(*program, invocation);
  AddCustodianCommands(*program, invocation);
  AddVerifyCommand(*program, invocation);
  AddTokenCommands(*program, invocation);
  AddSiemCommands(*program, invocation);
  AddExplainCommand(*program, invocation);
  AddTemplateCommands(*program, invocation);
  AddRequestCommands(*program, invocation);
  AddClassesCommands(*program, invocation);
  AddPeopleCommands(*program, invocation);
  AddOperationsCommand(*program, invocation);
  AddCompletionCommand(*program, invocation);
  AddVersionCommand(*program, invocation);
  return program;
}

int Run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
  Invocation invocation(out, err);
  const std::unique_ptr<CLI::App> program = MakeProgram(invocation);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    program->parse(reversed);
  } catch (const CLI::ParseError& failure) {
    return program->exit(failure, out, err) == 0 ? kSucceeded : kMisused;
  }
  const Result<void> done = invocation.action ? invocation.action() : Result<void>();
  if (done) return kSucceeded;
  err << "kmaas: " << app::ForOperators(done.error()) << '\n';
  return kFailed;
}

}  // namespace kmaas::cli
