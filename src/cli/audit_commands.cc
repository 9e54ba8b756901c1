// kmaas audit: checks the trail without the server and without the token.
#include <fstream>
#include <iterator>

#include "audit/verifier.h"
#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/public_key_file.h"
#include "crypto/public_key_pem.h"

namespace kmaas::cli {
namespace {

struct VerifyArguments {
  std::string directory;  // empty: the configured one
  std::vector<std::string> key_files;
};

std::string Document(const std::string& directory, const audit::VerifyReport& report) {
  JsonWriter json;
  json.BeginObject()
      .Member("directory", directory)
      .Member("intact", report.intact())
      .Member("files", report.files)
      .Member("records", report.records)
      .Member("first_sequence", report.first_sequence)
      .Member("last_sequence", report.last_sequence)
      .Member("head", HexEncode(report.head))
      .Member("retired_through", report.retired)
      .Member("seals", report.seals)
      .Member("sealed_through", report.sealed)
      .Member("last_seal_time", report.sealed_time)
      .Member("signatures_checked", report.signatures_checked);
  json.Key("findings").BeginArray();
  for (const audit::Finding& finding : report.findings) {
    json.BeginObject()
        .Member("kind", audit::FindingName(finding.kind))
        .Member("file", finding.file)
        .Member("line", finding.line)
        .Member("sequence", finding.sequence)
        .Member("what", finding.what)
        .End();
  }
  json.End();
  json.Key("remarks").BeginArray();
  for (const audit::Remark& remark : report.remarks) {
    json.BeginObject()
        .Member("file", remark.file)
        .Member("line", remark.line)
        .Member("what", remark.what)
        .End();
  }
  json.End().End();
  return std::move(json.text());
}

void PrintSeals(const audit::VerifyReport& report, std::ostream& out) {
  out << report.seals << " seals";
  if (report.seals > 0 && report.sealed > 0) out << " up to record " << report.sealed;
  if (!report.sealed_time.empty()) out << ", the last of " << report.sealed_time;
  out << (report.signatures_checked
              ? ", signatures checked\n"
              : "; signatures were NOT checked, as no --public-key was given: this shows no "
                "rewriting by\nwhoever can write all files\n");
}

void PrintText(const std::string& directory, const audit::VerifyReport& report, std::ostream& out) {
  for (const audit::Finding& finding : report.findings) {
    out << finding.file << ':' << finding.line << ": " << audit::FindingName(finding.kind) << ": "
        << finding.what << '\n';
  }
  for (const audit::Remark& remark : report.remarks)
    out << remark.file << ':' << remark.line << ": remark: " << remark.what << '\n';
  out << directory << ": " << report.records << " records in " << report.files << " files";
  if (report.records > 0) {
    out << ", " << report.first_sequence << " to " << report.last_sequence;
  }
  out << (report.intact() ? ", the chain is intact\n" : "\n");
  if (report.retired > 0) out << "records up to " << report.retired << " were removed, as sealed\n";
  PrintSeals(report, out);
  if (report.records > 0) out << "head " << HexEncode(report.head) << '\n';
}

Result<void> Verify(Invocation& invocation, const VerifyArguments& arguments) {
  std::string directory = arguments.directory;
  if (directory.empty()) {
    KM_TRY(const app::Config config, invocation.Load());
    directory = config.audit.directory;
  }
  audit::VerifyOptions options;
  for (const std::string& file : arguments.key_files) {
    KM_TRY(Bytes key, ReadPublicKey(file));
    options.public_keys.push_back(std::move(key));
  }
  KM_TRY(const audit::VerifyReport report, audit::VerifyTrail(directory, options));
  if (invocation.json) {
    invocation.out << Document(directory, report);
  } else {
    PrintText(directory, report, invocation.out);
  }
  if (report.intact()) return {};
  return Error{ErrorCode::kKmsInternal, "the audit trail is not as it was written: " +
                                            std::to_string(report.findings.size()) + " findings"};
}

Result<void> PrintPublicKey(Invocation& invocation) {
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(app::Foundation foundation, OpenForReading(config, invocation.clock));
  const Result<Bytes> key = foundation.engine->AuditPublicKey();
  foundation.Close();
  if (!key) return key.error();
  invocation.out << crypto::PublicKeyToPem(*key);
  return {};
}

constexpr char kVerifyFooter[] =
    "Reads every record and every seal, and names each that was changed, left out, moved, added or "
    "rewritten. Needs neither\nthe server nor the token, so it works on a copy. With the public "
    "key of the token's audit key, which `kmaas audit\npublic-key` prints, it checks who sealed; "
    "without it, whoever can write all files can also write a new chain. Records\nthat no seal "
    "covers yet, and the removal of the newest records together with their seals, show only "
    "against a number\nand head that were noted elsewhere.\n"
    "\n"
    "Examples:\n"
    "  kmaas audit verify --config kmaas.yaml --public-key audit-key.pem\n"
    "  kmaas audit verify --directory /backup/audit --public-key audit-key.pem --json";

constexpr char kPublicKeyFooter[] =
    "Logs in to the token. Keep what it prints where nobody who can write the trail can write: it "
    "is what\n`kmaas audit verify --public-key` trusts.\n"
    "\n"
    "Example:\n"
    "  kmaas audit public-key > audit-key.pem";

void AddVerify(CLI::App& audit, Invocation& invocation) {
  CLI::App& verify =
      *audit.add_subcommand("verify", "Check the hash chain and the seals of the audit trail");
  const auto arguments = std::make_shared<VerifyArguments>();
  invocation.AddConfigOption(verify);
  verify
      .add_option("--directory", arguments->directory,
                  "A trail elsewhere; then no configuration is read")
      ->type_name("DIRECTORY");
  verify
      .add_option("--public-key", arguments->key_files,
                  "The audit key's public half, in PEM; once for each key that sealed")
      ->type_name("FILE")
      ->expected(1)
      ->take_all();
  invocation.AddJsonOption(verify);
  verify.footer(kVerifyFooter);
  verify.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return Verify(invocation, *arguments); };
  });
}

void AddPublicKey(CLI::App& audit, Invocation& invocation) {
  CLI::App& command =
      *audit.add_subcommand("public-key", "Print the public key that seals are checked with");
  invocation.AddConfigOption(command);
  command.footer(kPublicKeyFooter);
  command.callback(
      [&invocation] { invocation.action = [&invocation] { return PrintPublicKey(invocation); }; });
}

}  // namespace

void AddAuditCommands(CLI::App& program, Invocation& invocation) {
  CLI::App& audit = *program.add_subcommand("audit", "Check the audit trail, and look for records");
  audit.require_subcommand(1);
  audit.footer("Example:\n  kmaas audit verify");
  AddVerify(audit, invocation);
  AddAuditSearch(audit, invocation);
  AddPublicKey(audit, invocation);
}

}  // namespace kmaas::cli
