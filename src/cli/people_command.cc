// kmaas people check: who is who, and whether it makes sense.
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/people_file.h"
#include "cli/table.h"

namespace kmaas::cli {
namespace {

using keyservice::People;

struct EntityCounts {
  std::size_t persons = 0;
  std::size_t approvers = 0;
};

EntityCounts CountOf(const People& people, const std::string& code) {
  EntityCounts counts;
  for (const auto& [_, person] : people.persons()) {
    counts.persons += person.entities.count(code);
    counts.approvers += person.approves.count(code);
  }
  return counts;
}

std::size_t CentralApprovers(const People& people) {
  std::size_t count = 0;
  for (const auto& [_, person] : people.persons()) count += person.central ? 1U : 0U;
  return count;
}

std::string Document(const People& people) {
  JsonWriter json;
  json.BeginObject().Member("serial", people.serial());
  json.Member("central_approvers", CentralApprovers(people)).Key("entities").BeginArray();
  for (const auto& [code, entity] : people.entities()) {
    const EntityCounts counts = CountOf(people, code);
    json.BeginObject().Member("code", code).Member("name", entity.name);
    json.Member("account", entity.account).Member("persons", counts.persons);
    json.Member("approvers", counts.approvers).End();
  }
  json.End().Key("persons").BeginArray();
  for (const auto& [id, person] : people.persons()) {
    json.BeginObject().Member("id", id).Member("role", ToText(person.role));
    json.Key("entities").BeginArray();
    for (const std::string& code : person.entities) json.Text(code);
    json.End().Key("approves").BeginArray();
    for (const std::string& code : person.approves) json.Text(code);
    json.End().Member("central", person.central).End();
  }
  json.End().Member("eligibilities", people.eligibilities().size()).End();
  return std::move(json.text());
}

void Print(const People& people, std::ostream& out) {
  out << "serial " << people.serial() << "; " << people.persons().size() << " persons, "
      << people.eligibilities().size() << " eligibilities, " << CentralApprovers(people)
      << " central approvers\n\n";
  Table table({"ENTITY", "NAME", "ACCOUNT", "PERSONS", "APPROVERS"});
  for (const auto& [code, entity] : people.entities()) {
    const EntityCounts counts = CountOf(people, code);
    table.Add(
        {code, entity.name, entity.account, std::to_string(counts.persons),
         counts.approvers == 0 ? "none; central ones decide" : std::to_string(counts.approvers)});
  }
  table.Print(out);
}

Result<void> Check(Invocation& invocation, const PeopleFile& file) {
  KM_TRY(const People people, file.Read());
  if (invocation.json) {
    invocation.out << Document(people);
    return {};
  }
  Print(people, invocation.out);
  if (file.from.signature.empty())
    invocation.out << "\nThe signature was not looked at; name it with --signature and "
                      "--public-key.\n";
  return {};
}

constexpr char kFooter[] =
    "Refused are names that are unknown, missing or there twice; an e-mail address or account that "
    "two persons\nhave, since one could then approve for himself; decisions without the role for "
    "them; each with its line.\n"
    "\n"
    "To sign a file that was edited:\n"
    "  openssl pkeyutl -sign -rawin -inkey people.key -in people.yaml | base64 -w0 > "
    "people.yaml.sig\n"
    "\n"
    "Examples:\n"
    "  kmaas people check --people people.yaml\n"
    "  kmaas people check --signature people.yaml.sig --public-key people.pub\n"
    "  kmaas people check --json | jq '.entities[] | select(.approvers < 3)'";

}  // namespace

void AddPeopleCommands(CLI::App& program, Invocation& invocation) {
  CLI::App& people = *program.add_subcommand("people", "Look into who is who for key requests");
  people.require_subcommand(1);
  people.footer("Example:\n  kmaas people check --people people.yaml");
  CLI::App& check = *people.add_subcommand("check", "Check who is who, and count who may decide");
  const auto file = std::make_shared<PeopleFile>();
  file->AddOptions(check);
  invocation.AddJsonOption(check);
  check.footer(kFooter);
  check.callback([&invocation, file] {
    invocation.action = [&invocation, file] { return Check(invocation, *file); };
  });
}

}  // namespace kmaas::cli
