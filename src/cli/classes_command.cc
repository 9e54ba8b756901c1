// kmaas classes check: what a class table says, and whether it makes sense.
#include "cli/class_table_file.h"
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "keyservice/classes/fields.h"

namespace kmaas::cli {
namespace {

using keyservice::ClassTable;

std::string Document(const ClassTable& table) {
  JsonWriter json;
  json.BeginObject().Member("serial", table.serial);
  json.Member("personal_data_class", table.personal_data_class);
  json.Member("special_data_class", table.special_data_class);
  json.Key("environments").BeginArray();
  for (const keyservice::Environment& one : table.environments) {
    json.BeginObject().Member("name", one.name).Member("label", one.label);
    json.Member("production", one.production).End();
  }
  json.End().Key("classes").BeginObject();
  for (int number = keyservice::kClassMin; number <= keyservice::kClassMax; ++number) {
    json.Key(std::to_string(number)).BeginObject();
    for (const keyservice::Field& field : keyservice::Fields())
      json.Member(field.name, ValueText(field, table.Of(number)));
    json.End();
  }
  json.End().End();
  return std::move(json.text());
}

Result<void> Check(Invocation& invocation, const ClassTableFile& from) {
  KM_TRY(const ClassTable table, from.Read());
  invocation.out << (invocation.json ? Document(table) : Explain(table));
  if (from.from.signature.empty() && !invocation.json)
    invocation.out << "\nThe signature was not looked at; name it with --signature and "
                      "--public-key.\n";
  return {};
}

constexpr char kFooter[] =
    "Refused are names that are unknown, missing or there twice, values out of their range, and "
    "what makes no\nsense, as a higher class that is weaker than a lower one; each with its "
    "line.\n"
    "\n"
    "To sign a table that was edited:\n"
    "  openssl pkeyutl -sign -rawin -inkey table.key -in classes.yaml | base64 -w0 > "
    "classes.yaml.sig\n"
    "\n"
    "Examples:\n"
    "  kmaas classes check --classes classes.yaml\n"
    "  kmaas classes check --signature classes.yaml.sig --public-key table.pub\n"
    "  kmaas classes check --json | jq '.classes[\"3\"].mfa'";

}  // namespace

void AddClassesCommands(CLI::App& program, Invocation& invocation) {
  CLI::App& classes = *program.add_subcommand("classes", "Look into the class table");
  classes.require_subcommand(1);
  classes.footer("Example:\n  kmaas classes check --classes classes.yaml");
  CLI::App& check =
      *classes.add_subcommand("check", "Check a class table and explain what each class demands");
  const auto from = std::make_shared<ClassTableFile>();
  from->AddOptions(check);
  invocation.AddJsonOption(check);
  check.footer(kFooter);
  check.callback([&invocation, from] {
    invocation.action = [&invocation, from] { return Check(invocation, *from); };
  });
}

}  // namespace kmaas::cli
