// kmaas template new: the workbook that a requester fills in.
#include "app/private_file.h"
#include "cli/class_table_file.h"
#include "cli/commands.h"
#include "cli/language_option.h"
#include "requestsheet/request_template.h"

namespace kmaas::cli {
namespace {

struct TemplateArguments {
  std::string file;
  LanguageOption language;
  ClassTableFile classes;
};

Result<void> MakeTemplate(Invocation& invocation, const TemplateArguments& arguments) {
  KM_TRY(const keyservice::ClassTable table, arguments.classes.Read());
  const auto workbook = workbook::Write(requestsheet::RequestTemplate(
      table, arguments.language.language().value_or(keyservice::Language::kNl)));
  // An environment of the class table that no cell can hold.
  if (!workbook) {
    return Error{ErrorCode::kValidation,
                 arguments.classes.from.file +
                     ": cannot be put into a sheet: " + std::string(Name(workbook.error().why))};
  }
  KM_CHECK(app::WriteNewFile(arguments.file, AsText(*workbook), app::kPublicFile));
  invocation.out << arguments.file << ": fill in one row for each key, then `kmaas request check "
                 << arguments.file << "`\n";
  return {};
}

}  // namespace

void AddTemplateCommands(CLI::App& program, Invocation& invocation) {
  CLI::App& templates = *program.add_subcommand("template", "Make the form for requests of keys");
  templates.require_subcommand(1);
  templates.footer("Example:\n  kmaas template new aanvraag.xlsx");
  CLI::App& fresh = *templates.add_subcommand("new", "Write an empty request as an Excel workbook");
  const auto arguments = std::make_shared<TemplateArguments>();
  fresh.add_option("file", arguments->file, "Where to write it; never over a file that is there")
      ->type_name("FILE")
      ->required();
  arguments->language.AddTo(fresh, "Its language; nl without it");
  arguments->classes.AddOptions(fresh);
  fresh.footer(
      "Example:\n  kmaas template new --lang nl aanvraag.xlsx\n\nWhat may be chosen as environment "
      "comes from the class table.");
  fresh.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return MakeTemplate(invocation, *arguments); };
  });
}

}  // namespace kmaas::cli
