// kmaas operations and kmaas version: what this build can do.
#include <map>

#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/table.h"
#include "operations/operations.h"

namespace kmaas::cli {
namespace {

std::string_view EffectName(Effect effect) {
  switch (effect) {
    case READ:
      return "read";
    case WRITE:
      return "write";
    case CRYPTO:
      return "crypto";
    default:
      return "";
  }
}

// Of the services of the Query protocol, whose actions are called as their operations are.
void PrintNames(const core::Registry& registry, std::ostream& out) {
  std::map<std::string, std::string> names;  // by service
  for (const auto& operation : registry.operations()) {
    if (operation->query_version.empty()) continue;
    std::string& of_service = names[operation->signing_name];
    of_service += (of_service.empty() ? "" : ", ") + operation->name;
  }
  if (names.empty()) return;
  out << "\n| service | operations |\n| --- | --- |\n";
  for (const auto& [service, listed] : names) out << "| " << service << " | " << listed << " |\n";
}

// The usage that its key must have. Of one that no key can have yet it says so: the operation
// answers, and there is nothing that it could be done with.
std::string KeyUsageOf(const core::Operation& operation) {
  if (operation.targets.empty()) return "";
  const std::string& usage = operation.targets.front().rule->usage();
  if (usage.empty()) return "any";
  return domain::FromText<domain::KeyUsage>(usage) ? usage : usage + " (no key has it yet)";
}

void PrintMarkdown(const core::Registry& registry, std::ostream& out) {
  out << "| operation | action | effect | key usage |\n| --- | --- | --- | --- |\n";
  for (const auto& operation : registry.operations()) {
    if (!operation->query_version.empty()) continue;
    out << "| " << operation->name << " | `" << operation->action << "` | "
        << EffectName(operation->effect) << " | " << KeyUsageOf(*operation) << " |\n";
  }
  PrintNames(registry, out);
}

void PrintText(const core::Registry& registry, std::ostream& out) {
  Table table({"OPERATION", "ACTION", "EFFECT", "AWS TARGET", "GRPC PATH"});
  for (const auto& operation : registry.operations()) {
    table.Add({operation->name, operation->action, std::string(EffectName(operation->effect)),
               operation->aws_target, operation->grpc_path});
  }
  table.Print(out);
}

std::string Document(const core::Registry& registry) {
  JsonWriter json;
  json.BeginArray();
  for (const auto& operation : registry.operations()) {
    json.BeginObject()
        .Member("name", operation->name)
        .Member("action", operation->action)
        .Member("effect", EffectName(operation->effect))
        .Member("aws_target", operation->aws_target)
        .Member("grpc_path", operation->grpc_path)
        .End();
  }
  json.End();
  return std::move(json.text());
}

Result<void> ShowOperations(Invocation& invocation, bool markdown) {
  KM_TRY(const core::Registry registry, operations::MakeRegistry());
  if (invocation.json) {
    invocation.out << Document(registry);
  } else if (markdown) {
    PrintMarkdown(registry, invocation.out);
  } else {
    PrintText(registry, invocation.out);
  }
  return {};
}

Result<void> ShowVersion(Invocation& invocation) {
  invocation.out << "kmaas " << KMAAS_VERSION << '\n';
  return {};
}

}  // namespace

void AddOperationsCommand(CLI::App& program, Invocation& invocation) {
  CLI::App& operations =
      *program.add_subcommand("operations", "List the operations that this build serves");
  const auto markdown = std::make_shared<bool>(false);
  invocation.AddJsonOption(operations);
  operations.add_flag("--markdown", *markdown, "Write a Markdown table")->excludes("--json");
  operations.footer("Example:\n  kmaas operations --json | jq -r '.[].action'");
  operations.callback([&invocation, markdown] {
    invocation.action = [&invocation, markdown] { return ShowOperations(invocation, *markdown); };
  });
}

void AddVersionCommand(CLI::App& program, Invocation& invocation) {
  CLI::App& version = *program.add_subcommand("version", "Show the version");
  version.footer("Example:\n  kmaas version");
  version.callback(
      [&invocation] { invocation.action = [&invocation] { return ShowVersion(invocation); }; });
}

}  // namespace kmaas::cli
