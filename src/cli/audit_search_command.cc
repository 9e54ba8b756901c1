// kmaas audit search and kmaas audit index: looking for records without the server and without the
// token.
#include "audit/chain.h"
#include "audit/event_fields.h"
#include "audit/file_index.h"
#include "audit/search.h"
#include "cli/commands.h"
#include "cli/table.h"

namespace kmaas::cli {
namespace {

struct SearchArguments {
  std::string directory;  // empty: the configured one
  bool no_index = false;
  audit::SearchQuery query;
};

Result<std::string> DirectoryOf(const Invocation& invocation, const std::string& named) {
  if (!named.empty()) return named;
  KM_TRY(const app::Config config, invocation.Load());
  return config.audit.directory;
}

std::vector<std::string> Row(std::string_view line) {
  const auto record = audit::ParseLine(line);
  if (!record) return {};
  const audit::EventFields fields = audit::ReadFields(record->event);
  return {std::string(fields.time),
          std::to_string(record->sequence),
          std::string(fields.name),
          std::string(fields.error_code.empty() ? "-" : fields.error_code),
          std::string(fields.principal.empty() ? "-" : fields.principal),
          std::string(fields.source_address),
          std::string(fields.resources.empty() ? "-" : fields.resources.front()),
          std::string(fields.request_id)};
}

Result<void> SearchTrail(Invocation& invocation, SearchArguments arguments) {
  KM_TRY(const std::string directory, DirectoryOf(invocation, arguments.directory));
  arguments.query.use_indexes = !arguments.no_index;
  arguments.query.make_indexes = !arguments.no_index;
  Table table({"TIME", "RECORD", "EVENT", "ERROR", "PRINCIPAL", "ADDRESS", "RESOURCE", "REQUEST"});
  KM_TRY(const audit::SearchReport report,
         audit::Search(directory, arguments.query, [&](std::string_view line) {
           if (invocation.json) {
             // Who wrote the file may have written anything.
             invocation.out << Harmless(std::string(line)) << '\n';
           } else {
             table.Add(Row(line));
           }
         }));
  if (invocation.json) return {};
  if (!table.empty()) table.Print(invocation.out);
  invocation.out << report.found << " records; of " << report.files << " files "
                 << report.files_indexed << " were looked up in their index and "
                 << report.files_read << " read\n";
  return {};
}

Result<void> IndexTrail(Invocation& invocation, const std::string& named) {
  KM_TRY(const std::string directory, DirectoryOf(invocation, named));
  KM_TRY(const std::vector<audit::TrailFile> files, audit::ListTrailFiles(directory));
  std::size_t made = 0;
  // The newest one takes records and has none.
  for (std::size_t index = 0; index + 1 < files.size(); ++index) {
    if (audit::FileIndex::Open(files[index])) continue;
    KM_CHECK(audit::BuildIndex(files[index]));
    ++made;
  }
  invocation.out << directory << ": " << made << " indexes made, of "
                 << (files.empty() ? 0 : files.size() - 1) << " files that are full\n";
  return {};
}

constexpr char kSearchFooter[] =
    "All that is named must fit. Newest first. Files that are full have an index beside them, made "
    "when it is missing;\nwhat it finds is read again in the trail, and --no-index does without. "
    "Whether the trail is as it was written is for\n`kmaas audit verify` to say.\n"
    "\n"
    "Examples:\n"
    "  kmaas audit search --key 1234abcd-12ab-34cd-56ef-1234567890ab --since 2026-11-24\n"
    "  kmaas audit search --principal arn:aws:iam::111122223333:user/alice --error "
    "AccessDeniedException\n"
    "  kmaas audit search --event ScheduleKeyDeletion --limit 10 --json";

constexpr char kIndexFooter[] =
    "Makes the indexes that are missing or of no use, so that the next search need not. They can "
    "be removed at any time.\n"
    "\n"
    "Example:\n"
    "  kmaas audit index";

void AddTerms(CLI::App& search, audit::SearchQuery& query) {
  search
      .add_option("--key", query.resource,
                  "A key id, a key ARN, an alias name or an alias ARN, or another ARN")
      ->type_name("KEY");
  search.add_option("--principal", query.principal, "Who called")->type_name("ARN");
  search.add_option("--event", query.event_name, "The operation, as Decrypt")->type_name("NAME");
  search.add_option("--error", query.error_code, "AWS's name of the error")->type_name("NAME");
  search.add_option("--event-id", query.event_id, "The record's own id")->type_name("ID");
  search.add_option("--request-id", query.request_id, "The id that the caller got")
      ->type_name("ID");
  search.add_option("--source-ip", query.source_address, "From where")->type_name("ADDRESS");
  search
      .add_option("--since", query.since,
                  "Not before this time in UTC, or the beginning of one: 2026-11-24T12")
      ->type_name("TIME");
  search.add_option("--until", query.until, "Not after it, likewise")->type_name("TIME");
  search.add_option("--limit", query.limit, "At most so many; 0: all")
      ->type_name("NUMBER")
      ->default_val(100);
  search.add_flag("--oldest-first", query.oldest_first, "Begin with the oldest");
}

void AddDirectory(CLI::App& command, std::string& directory) {
  command.add_option("--directory", directory, "A trail elsewhere; then no configuration is read")
      ->type_name("DIRECTORY");
}

}  // namespace

void AddAuditSearch(CLI::App& audit, Invocation& invocation) {
  CLI::App& search = *audit.add_subcommand("search", "Look for records of the audit trail");
  const auto arguments = std::make_shared<SearchArguments>();
  invocation.AddConfigOption(search);
  AddDirectory(search, arguments->directory);
  AddTerms(search, arguments->query);
  search.add_flag("--no-index", arguments->no_index, "Read every file");
  invocation.AddJsonOption(search);
  search.footer(kSearchFooter);
  search.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return SearchTrail(invocation, *arguments); };
  });
  CLI::App& index = *audit.add_subcommand("index", "Make the indexes that searches use");
  const auto directory = std::make_shared<std::string>();
  invocation.AddConfigOption(index);
  AddDirectory(index, *directory);
  index.footer(kIndexFooter);
  index.callback([&invocation, directory] {
    invocation.action = [&invocation, directory] { return IndexTrail(invocation, *directory); };
  });
}

}  // namespace kmaas::cli
