// kmaas account create: a further account, with an administrator.
#include <unistd.h>

#include "app/account_creation.h"
#include "app/private_file.h"
#include "app/process.h"
#include "app/process_random.h"
#include "cli/commands.h"
#include "cli/credentials_file.h"
#include "cli/json_writer.h"

namespace kmaas::cli {
namespace {

struct CreationArguments {
  app::AccountNames names;
  std::string credentials_file;
};

std::string CredentialsDocument(const app::Config& config, const app::NewAccount& made,
                                bool with_secret) {
  JsonWriter json;
  json.BeginObject().Member("access_key_id", made.access_key_id);
  if (with_secret) json.Member("secret_access_key", AsText(made.secret_access_key.view()));
  json.Member("region", config.region)
      .Member("account_id", made.account.id)
      .Member("account_name", made.account.name)
      .Member("user_arn", made.administrator.arn())
      .End();
  return std::move(json.text());
}

void PrintReport(std::ostream& out, const app::NewAccount& made, const std::string& shown_in) {
  out << "  account        " << made.account.id << " (" << made.account.name << ")\n"
      << "  administrator  " << made.administrator.arn() << '\n'
      << "  access key     " << made.access_key_id << '\n'
      << "  secret         ";
  if (!shown_in.empty()) {
    out << "in " << shown_in << ", and sealed in the database\n";
    return;
  }
  // Written as it is: no copy of it stays in a string.
  out.write(reinterpret_cast<const char*>(made.secret_access_key.view().data()),
            static_cast<std::streamsize>(made.secret_access_key.size()));
  out << "   shown this once; kmaas keeps it sealed\n";
}

// The access key exists now: when it cannot be stored it must be shown.
Result<void> Deliver(Invocation& invocation, const app::Config& config, const app::NewAccount& made,
                     const std::string& file) {
  Result<void> stored;
  if (!file.empty()) {
    std::string document = CredentialsDocument(config, made, true);
    stored = FillCredentialsFile(file, document);
    WipeText(document);
    if (!stored) ::unlink(file.c_str());
  }
  const bool is_shown = file.empty() || !stored;
  if (invocation.json) {
    std::string document = CredentialsDocument(config, made, is_shown);
    invocation.out << document;
    WipeText(document);
  } else {
    PrintReport(invocation.out, made, is_shown ? "" : file);
  }
  return stored;
}

Result<app::NewAccount> Create(const app::Config& config, const app::AccountNames& names,
                               const Clock& clock) {
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(app::UserPins pins, ObtainUserPins(config.hsm));
  KM_TRY(app::Foundation foundation,
         app::OpenFoundation(config, std::move(pins), storage::OpenMode::kOpenExisting, clock));
  app::ProcessRandom random;
  auto made = app::CreateAccount(foundation, names, config.region, random, clock);
  foundation.Close();
  return made;
}

Result<void> CreateAccount(Invocation& invocation, const CreationArguments& arguments) {
  KM_TRY(const app::Config config, invocation.Load());
  const std::string& file = arguments.credentials_file;
  // Reserved first: an access key that cannot be stored must not be made.
  if (!file.empty()) KM_CHECK(app::WriteNewFile(file, "", app::kPrivateFile));
  auto made = Create(config, arguments.names, invocation.clock);
  if (!made) {
    if (!file.empty()) ::unlink(file.c_str());
    return made.error();
  }
  return Deliver(invocation, config, *made, file);
}

constexpr char kFooter[] =
    "Stop kmaasd first: only one process writes to the database. The account gets one user, with "
    "AWS's policy\nAdministratorAccess and an access key; everything else is made through the "
    "server, with `aws iam`.\n"
    "\n"
    "Examples:\n"
    "  kmaas account create --name Payments\n"
    "  kmaas account create --name Payments --id 444455556666 --administrator bob \\\n"
    "                       --credentials-file bob.json";

}  // namespace

void AddAccountCreation(CLI::App& account, Invocation& invocation) {
  auto arguments = std::make_shared<CreationArguments>();
  CLI::App& create = *account.add_subcommand("create", "Make an account with an administrator");
  invocation.AddConfigOption(create);
  create.add_option("--name", arguments->names.name, "Name of the account")
      ->type_name("NAME")
      ->required();
  create.add_option("--id", arguments->names.id, "12 digits; a random number when it is left out")
      ->type_name("NUMBER");
  create.add_option("--administrator", arguments->names.administrator, "Name of its administrator")
      ->type_name("NAME")
      ->capture_default_str();
  create
      .add_option("--credentials-file", arguments->credentials_file,
                  "Write the access key to this new file, mode 0600, and do not show it")
      ->type_name("FILE");
  invocation.AddJsonOption(create);
  create.footer(kFooter);
  create.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return CreateAccount(invocation, *arguments); };
  });
}

}  // namespace kmaas::cli
