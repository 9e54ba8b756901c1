// kmaas init: makes what a service stands on, once.
#include <unistd.h>

#include "app/initialisation.h"
#include "app/private_file.h"
#include "app/process.h"
#include "app/process_random.h"
#include "app/token_settings.h"
#include "cli/commands.h"
#include "cli/credentials_file.h"
#include "cli/json_writer.h"
#include "cli/persons.h"

namespace kmaas::cli {
namespace {

struct InitArguments {
  app::InitialisationOptions options;
  std::string so_pin_file;
  std::string credentials_file;
};

void WriteCredentials(JsonWriter& json, const app::InitialisationReport& report) {
  json.Member("access_key_id", report.access_key_id)
      .Member("secret_access_key", AsText(report.secret_access_key.view()));
}

void WriteIdentity(JsonWriter& json, const app::Config& config,
                   const app::InitialisationReport& report) {
  json.Member("region", config.region)
      .Member("account_id", report.account.id)
      .Member("user_arn", report.administrator.arn())
      .Member("ca_file", report.tls.ca)
      .Member("ca_key_file", report.tls.ca_key)
      .Member("server_certificate_file", config.https.certificate)
      .Member("server_key_file", config.https.private_key)
      .Member("client_certificate_file", report.tls.client_certificate)
      .Member("client_key_file", report.tls.client_key)
      .Member("principals_file", report.tls.principals);
}

std::string CredentialsDocument(const app::Config& config,
                                const app::InitialisationReport& report) {
  JsonWriter json;
  json.BeginObject();
  WriteCredentials(json, report);
  WriteIdentity(json, config, report);
  json.End();
  return std::move(json.text());
}

std::string ReportDocument(const app::Config& config, const app::InitialisationReport& report,
                           const std::string& credentials_file) {
  JsonWriter json;
  json.BeginObject();
  if (credentials_file.empty()) {
    WriteCredentials(json, report);
  } else {
    json.Member("access_key_id", report.access_key_id).Member("credentials_file", credentials_file);
  }
  WriteIdentity(json, config, report);
  json.Member("token_label", report.ceremony.token_label)
      .Member("token_serial", report.ceremony.token_serial)
      .Member("weak_token", report.ceremony.weak);
  json.Key("token_keys").BeginArray();
  for (const std::string& label : report.ceremony.made) json.Text(label);
  json.End().Key("attacks").BeginArray();
  for (const hsm::AttackOutcome& attack : report.ceremony.attacks) {
    json.BeginObject()
        .Member("row", attack.row)
        .Member("attack", attack.attack)
        .Member("withstood", attack.withstood)
        .Member("answer", attack.answer)
        .End();
  }
  json.End().Key("warnings").BeginArray();
  for (const std::string& warning : report.ceremony.warnings) json.Text(warning);
  json.End().End();
  return std::move(json.text());
}

void PrintReport(Invocation& invocation, const app::Config& config,
                 const app::InitialisationReport& report, const std::string& credentials_file) {
  std::ostream& out = invocation.out;
  const std::string& account = report.account.id;
  out << "\nkmaas is initialised.\n\n"
      << "  account        " << account << " (" << report.account.name << ")\n"
      << "  administrator  " << report.administrator.arn() << '\n'
      << "  access key     " << report.access_key_id << '\n';
  if (credentials_file.empty()) {
    // Written as it is: no copy of it stays in a string.
    out << "  secret         ";
    out.write(reinterpret_cast<const char*>(report.secret_access_key.view().data()),
              static_cast<std::streamsize>(report.secret_access_key.size()));
    out << "   shown this once; kmaas keeps it sealed\n";
  } else {
    out << "  secret         in " << credentials_file << ", and sealed in the database\n";
  }
  if (!report.tls.ca.empty()) {
    out << "  authority      " << report.tls.ca << "   give this to clients; its key "
        << report.tls.ca_key << " belongs off this machine\n";
  }
  if (!report.tls.client_certificate.empty()) {
    out << "  gRPC client    " << report.tls.client_certificate << " and " << report.tls.client_key
        << '\n';
  }
  if (report.ceremony.weak) {
    out << "\nWARNING: the token does not keep keys in. It was accepted because "
           "hsm.accept_weak_token is true; keep no real keys in it.\n";
  }
  out << "\nNext:\n  kmaasd --config " << config.file << "\n  kmaas status --config " << config.file
      << '\n';
}

// The access key exists now: when it cannot be stored it must be shown.
Result<void> Deliver(Invocation& invocation, const app::Config& config,
                     const app::InitialisationReport& report, const std::string& credentials_file) {
  std::string document = CredentialsDocument(config, report);
  Result<void> stored;
  std::string shown_in = credentials_file;
  if (!credentials_file.empty()) stored = FillCredentialsFile(credentials_file, document);
  if (!stored) {
    shown_in.clear();
    ::unlink(credentials_file.c_str());
  }
  WipeText(document);
  if (invocation.json) {
    std::string text = ReportDocument(config, report, shown_in);
    invocation.out << text;
    WipeText(text);
  } else {
    PrintReport(invocation, config, report, shown_in);
  }
  return stored;
}

Result<void> Initialise(Invocation& invocation, InitArguments& arguments) {
  KM_TRY(app::Config loaded, invocation.Load());
  const app::Config config = app::OnFirstToken(std::move(loaded));
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(arguments.options.user_pin, ObtainUserPin(config.hsm));
  if (!arguments.options.keep_token_keys) {
    KM_TRY(arguments.options.so_pin,
           ObtainOfficerPin(arguments.so_pin_file, config.hsm.token_label));
  }
  arguments.options.progress = [&invocation](std::string_view step) {
    // With --json, standard output is the document alone.
    (invocation.json ? invocation.err : invocation.out) << "kmaas init: " << step << std::endl;
  };
  const std::string& file = arguments.credentials_file;
  // Reserved first: an access key that cannot be stored must not be made. What is there already is
  // listed with all else that stands in the way.
  const bool in_the_way = !file.empty() && app::Exists(file);
  if (in_the_way) arguments.options.other_new_files.push_back(file);
  const bool reserved = !file.empty() && !in_the_way;
  if (reserved) KM_CHECK(app::WriteNewFile(file, "", app::kPrivateFile));
  app::ProcessRandom random;
  auto report = app::Initialise(config, std::move(arguments.options), random, invocation.clock);
  if (!report) {
    if (reserved) ::unlink(file.c_str());
    return report.error();
  }
  return Deliver(invocation, config, *report, file);
}

constexpr char kFooter[] =
    "Makes, once: the roots and the service keys in the token (with the attacks that it must "
    "withstand),\nthe database, the first account with its administrator and access key, and, for "
    "what the configuration\nleaves to kmaas, a local authority with certificates for the server "
    "and the administrator.\n"
    "Overwrites nothing: what is there already is listed, and nothing is changed.\n"
    "\n"
    "The security officer's PIN comes from --so-pin-file, from the variable KMAAS_SO_PIN, or is "
    "asked at the\nterminal; it is used for the ceremony and not kept.\n"
    "\n"
    "Examples:\n"
    "  softhsm2-util --init-token --free --label kmaas      a token for trials\n"
    "  kmaas init --config kmaas.yaml\n"
    "  kmaas init --config kmaas.yaml --hostname kms.example.org --hostname 192.0.2.7 \\\n"
    "             --account-id 111122223333 --account-name Example --admin-name alice\n"
    "  kmaas init --config kmaas.yaml --so-pin-file so.pin --credentials-file alice.json --json";

}  // namespace

void AddInitCommand(CLI::App& program, Invocation& invocation) {
  auto arguments = std::make_shared<InitArguments>();
  app::InitialisationOptions& options = arguments->options;
  CLI::App& init =
      *program.add_subcommand("init", "Make token keys, database, administrator and certificates");
  invocation.AddConfigOption(init);
  init.add_option("--so-pin-file", arguments->so_pin_file,
                  "File with the security officer's PIN, mode 0600")
      ->type_name("FILE");
  init.add_option("--credentials-file", arguments->credentials_file,
                  "Write the access key to this new file, mode 0600, and do not show it")
      ->type_name("FILE");
  init.add_option("--account-id", options.account_id,
                  "12 digits; a random number when it is left out")
      ->type_name("NUMBER");
  init.add_option("--account-name", options.account_name, "Name of the first account")
      ->type_name("NAME")
      ->capture_default_str();
  init.add_option("--admin-name", options.administrator, "Name of its administrator")
      ->type_name("NAME")
      ->capture_default_str();
  init.add_option("--hostname", options.hosts,
                  "A further name or address of the server, for its certificate")
      ->type_name("HOST")
      ->allow_extra_args(false);
  init.add_flag("--lasting-roots", options.lasting_roots,
                "Make roots that nothing in the token can destroy, and so nobody retire");
  init.add_flag("--keep-token-keys", options.keep_token_keys,
                "Use the keys of kmaas that the token holds already, as after an init that broke "
                "off");
  invocation.AddJsonOption(init);
  init.footer(kFooter);
  init.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return Initialise(invocation, *arguments); };
  });
}

}  // namespace kmaas::cli
