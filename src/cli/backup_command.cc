// kmaas backup: makes a backup, and looks at one.
#include <memory>

#include "app/backup_making.h"
#include "app/backup_restore.h"
#include "app/process.h"
#include "cli/backup_command.h"
#include "cli/backup_description.h"
#include "cli/public_key_file.h"
#include "cli/standing.h"
#include "cli/step_progress.h"

namespace kmaas::cli {
namespace {

struct VerifyArguments {
  std::string file;
  std::vector<std::string> key_files;
  bool with_token = false;
};

Result<void> Make(Invocation& invocation, const std::string& file) {
  KM_TRY(const app::Config config, invocation.Load());
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(app::UserPins pins, ObtainUserPins(config.hsm));
  Result<app::BackupReport> made = Error{ErrorCode::kKmsInternal, ""};
  {
    StepDisplay display(invocation.err);
    made = app::MakeBackup(config, std::move(pins), file, std::ref(display), invocation.clock);
  }
  if (!made) return made.error();
  if (invocation.json) {
    JsonWriter json;
    json.BeginObject().Member("file", file).Member("bytes", made->bytes);
    WriteHeader(json, made->header);
    json.End();
    invocation.out << json.text();
  } else {
    invocation.out << file << ": " << Describe(made->header) << '\n';
  }
  return {};
}

struct Look {
  backup::Outline outline;
  std::optional<app::BackupContents> contents;
};

Result<Look> LookAt(Invocation& invocation, const VerifyArguments& arguments) {
  std::vector<Bytes> keys;
  for (const std::string& file : arguments.key_files) {
    KM_TRY(keys.emplace_back(), ReadPublicKey(file));
  }
  StepDisplay display(invocation.err);
  Look look;
  KM_TRY(look.outline,
         backup::CheckFile(arguments.file, keys, [&display](std::uint64_t bytes, auto all) {
           display("reading the backup", bytes, all);
         }));
  if (!arguments.with_token) return look;
  KM_TRY(const app::Config config, invocation.Load());
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(app::UserPins pins, ObtainUserPins(config.hsm));
  KM_TRY(look.contents,
         app::LookIntoBackup(config, std::move(pins), arguments.file, look.outline.header,
                             std::ref(display), invocation.clock));
  return look;
}

std::string Document(const VerifyArguments& arguments, const Look& look) {
  JsonWriter json;
  json.BeginObject()
      .Member("file", arguments.file)
      .Member("bytes", look.outline.bytes)
      .Member("signature", look.outline.known_key ? "by a given key" : "by the key in the file")
      .Member("contents_checked", look.contents.has_value());
  WriteHeader(json, look.outline.header);
  if (look.contents) {
    json.Member("intact", look.contents->database.intact())
        .Member("lacking_roots", look.contents->lacking_roots);
    WriteStanding(json, look.contents->evidence);
    json.Key("findings").BeginArray();
    for (const storage::IntegrityFinding& finding : look.contents->database.findings)
      json.BeginObject()
          .Member("table", finding.table)
          .Member("row", finding.row)
          .Member("what", finding.what)
          .End();
    json.End();
  }
  json.End();
  return std::move(json.text());
}

void PrintText(const VerifyArguments& arguments, const Look& look, std::ostream& out) {
  out << arguments.file << ": " << Describe(look.outline.header) << '\n'
      << look.outline.bytes << " bytes, whole; signature "
      << (look.outline.known_key
              ? "by a given key\n"
              : "by the key that the file names: with no --public-key this shows damage, not who "
                "made it\n");
  if (!look.contents) {
    out << "its contents were not opened: --with-token does\n";
    return;
  }
  for (const storage::IntegrityFinding& finding : look.contents->database.findings)
    out << finding.table << ' ' << finding.row << ": " << finding.what << '\n';
  out << (look.contents->database.intact() ? "every row is as it was written\n" : "")
      << "against what token and trail remember now it is "
      << storage::StandingName(storage::Judge(look.contents->evidence)) << '\n';
}

Result<void> Verify(Invocation& invocation, const VerifyArguments& arguments) {
  KM_TRY(const Look look, LookAt(invocation, arguments));
  if (invocation.json) {
    invocation.out << Document(arguments, look);
  } else {
    PrintText(arguments, look, invocation.out);
  }
  if (!look.contents) return {};
  if (!look.contents->lacking_roots.empty())
    return Error{
        ErrorCode::kValidation,
        arguments.file + ": " + look.contents->lacking_roots +
            ". The backup is as it was written; restoring it needs a token that has them."};
  if (look.contents->database.intact()) return {};
  return Error{ErrorCode::kKmsInternal,
               arguments.file + ": the database in it is not as kmaas wrote it: " +
                   std::to_string(look.contents->database.findings.size()) + " findings"};
}

constexpr char kFooter[] =
    "Works beside a running kmaasd, which does not stop. FILE must not exist; it gets its name "
    "when it is whole and on\nthe disk, and has mode 0600. In it are the database, the "
    "configuration and grpc-principals.yaml, encrypted with a key\nthat only this token, or a "
    "clone of it, opens. Not in it: the token itself, TLS keys and certificates, PINs, and the\n"
    "audit trail, which is signed in itself and is copied as it is.\n"
    "\n"
    "Examples:\n"
    "  kmaas backup /backup/kmaas-$(date +%F).backup\n"
    "  kmaas backup verify /backup/kmaas-2026-11-27.backup --public-key audit-key.pem\n"
    "  kmaas restore /backup/kmaas-2026-11-27.backup";

constexpr char kVerifyFooter[] =
    "Without the token: that nothing of the file is missing, changed or moved, and, with the "
    "public key that `kmaas audit\npublic-key` prints, that this token signed it. With "
    "--with-token all of it is opened and every row is looked at, as\n`kmaas verify` does; that "
    "needs room for the database in $TMPDIR or /tmp.\n"
    "\n"
    "Examples:\n"
    "  kmaas backup verify kmaas.backup --public-key audit-key.pem\n"
    "  kmaas backup verify kmaas.backup --with-token --config kmaas.yaml --json";

void AddVerify(CLI::App& backup, Invocation& invocation) {
  const auto arguments = std::make_shared<VerifyArguments>();
  CLI::App& verify = *backup.add_subcommand("verify", "Check that a backup is whole and unchanged");
  verify.add_option("file", arguments->file, "The backup")->type_name("FILE")->required();
  verify
      .add_option("--public-key", arguments->key_files,
                  "The audit key's public half, in PEM; once for each that may have signed")
      ->type_name("FILE")
      ->expected(1)
      ->take_all();
  verify.add_flag("--with-token", arguments->with_token,
                  "Open it with the token, and look at every row");
  invocation.AddConfigOption(verify);
  invocation.AddJsonOption(verify);
  verify.footer(kVerifyFooter);
  verify.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return Verify(invocation, *arguments); };
  });
}

}  // namespace

void AddBackupCommand(CLI::App& program, Invocation& invocation) {
  const auto file = std::make_shared<std::string>();
  CLI::App& backup =
      *program.add_subcommand("backup", "Make a backup beside the running server, and check one");
  backup.require_subcommand(0, 1);
  backup.add_option("file", *file, "The new file")->type_name("FILE");
  invocation.AddConfigOption(backup);
  invocation.AddJsonOption(backup);
  backup.footer(kFooter);
  AddVerify(backup, invocation);
  backup.callback([&invocation, &backup, file] {
    if (!backup.get_subcommands().empty()) return;
    if (file->empty()) throw CLI::RequiredError("FILE");
    invocation.action = [&invocation, file] { return Make(invocation, *file); };
  });
}

}  // namespace kmaas::cli
