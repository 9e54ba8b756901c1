// kmaas audit: checks the trail without the server and without the token.
#include "audit/verifier.h"
#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/json_writer.h"

namespace kmaas::cli {
namespace {

std::string Document(const std::string& directory, const audit::VerifyReport& report) {
  JsonWriter json;
  json.BeginObject()
      .Member("directory", directory)
      .Member("intact", report.intact())
      .Member("files", report.files)
      .Member("records", report.records)
      .Member("first_sequence", report.first_sequence)
      .Member("last_sequence", report.last_sequence)
      .Member("head", HexEncode(report.head));
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
  json.End().End();
  return std::move(json.text());
}

void PrintText(const std::string& directory, const audit::VerifyReport& report, std::ostream& out) {
  for (const audit::Finding& finding : report.findings) {
    out << finding.file << ':' << finding.line << ": " << audit::FindingName(finding.kind) << ": "
        << finding.what << '\n';
  }
  out << directory << ": " << report.records << " records in " << report.files << " files";
  if (report.records > 0) {
    out << ", " << report.first_sequence << " to " << report.last_sequence;
  }
  out << (report.intact() ? ", the chain is intact\n" : "\n");
  if (report.records > 0) out << "head " << HexEncode(report.head) << '\n';
}

Result<void> Verify(Invocation& invocation, std::string directory) {
  if (directory.empty()) {
    KM_TRY(const app::Config config, invocation.Load());
    directory = config.audit.directory;
  }
  KM_TRY(const audit::VerifyReport report, audit::VerifyTrail(directory));
  if (invocation.json) {
    invocation.out << Document(directory, report);
  } else {
    PrintText(directory, report, invocation.out);
  }
  if (report.intact()) return {};
  return Error{ErrorCode::kKmsInternal, "the audit trail is not as it was written: " +
                                            std::to_string(report.findings.size()) + " findings"};
}

constexpr char kFooter[] =
    "Reads every record and names each that was changed, left out, moved or added. Needs neither "
    "the server nor\nthe token, so it works on a copy. Whoever can write all files can also write "
    "a new chain: compare number\nand head with those noted elsewhere.\n"
    "\n"
    "Examples:\n"
    "  kmaas audit verify --config kmaas.yaml\n"
    "  kmaas audit verify --directory /backup/audit --json";

}  // namespace

void AddAuditCommands(CLI::App& program, Invocation& invocation) {
  CLI::App& audit = *program.add_subcommand("audit", "Check the audit trail");
  audit.require_subcommand(1);
  audit.footer("Example:\n  kmaas audit verify");
  CLI::App& verify = *audit.add_subcommand("verify", "Check the hash chain of the audit trail");
  const auto directory = std::make_shared<std::string>();
  invocation.AddConfigOption(verify);
  verify.add_option("--directory", *directory, "A trail elsewhere; then no configuration is read")
      ->type_name("DIRECTORY");
  invocation.AddJsonOption(verify);
  verify.footer(kFooter);
  verify.callback([&invocation, directory] {
    invocation.action = [&invocation, directory] { return Verify(invocation, *directory); };
  });
}

}  // namespace kmaas::cli
