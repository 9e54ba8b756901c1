// kmaas request check: what a request says that can be judged without the service.
#include "app/private_file.h"
#include "cli/class_table_file.h"
#include "cli/commands.h"
#include "cli/input_file.h"
#include "cli/json_writer.h"
#include "cli/language_option.h"
#include "cli/people_file.h"
#include "cli/table.h"
#include "requestsheet/form_check.h"
#include "requestsheet/marking.h"
#include "workbook/limits.h"

namespace kmaas::cli {
namespace {

using keyservice::Finding;
using keyservice::Language;
using requestsheet::Problem;
using requestsheet::RequestSheet;

constexpr keyservice::Text kNotRead{"Niet gelezen: de kolom {0}.", "Not read: the column {0}."};
constexpr keyservice::Text kAbsent{"Deze kolom ontbreekt, alsof ze leeg is: {0}.",
                                   "This column is not there, as if it were empty: {0}."};
constexpr keyservice::Text kRight{"Blad “{0}” is in orde; aantal rijen: {1}.",
                                  "Sheet “{0}” is right; rows: {1}."};
constexpr keyservice::Text kWrong{"nog niet in orde; zie hierboven", "not right yet; see above"};

struct RequestArguments {
  std::string file;
  std::string out;
  LanguageOption language;  // none: that of the sheet's headers
  ClassTableFile classes;
  std::string people;     // a file; empty: everybody is known
  std::string requester;  // an e-mail address or ARN; empty: nobody in particular
};

// Columns that a sheet may lack, and lacks.
std::vector<std::string> Absent(const RequestSheet& request) {
  std::vector<std::string> names;
  for (const keyservice::ColumnFacts& facts : keyservice::Columns()) {
    if (request.layout.columns.count(facts.column) == 0)
      names.emplace_back(facts.header.In(request.layout.language));
  }
  return names;
}

std::string Document(const RequestSheet& request, const keyservice::Findings& findings) {
  JsonWriter json;
  json.BeginObject().Member("sheet", request.layout.sheet).Member("rows", request.rows.size());
  json.Member("right", !HasErrors(findings)).Key("findings").BeginArray();
  for (const Finding& finding : findings) {
    json.BeginObject().Member("row", finding.row);
    if (finding.column) {
      json.Member("cell", request.layout.Address(*finding.column, finding.row));
      json.Member("column", FactsOf(*finding.column).id);
    }
    json.Member("rule", RuleName(finding.rule));
    json.Member("severity", finding.severity == keyservice::Severity::kError ? "error" : "notice");
    json.Member("nl", finding.In(Language::kNl)).Member("en", finding.In(Language::kEn)).End();
  }
  json.End().Key("unknown_columns").BeginArray();
  for (const auto& [_, name] : request.layout.unknown) json.Text(name);
  json.End().Key("absent_columns").BeginArray();
  for (const std::string& name : Absent(request)) json.Text(name);
  json.End().End();
  return std::move(json.text());
}

void Print(const RequestSheet& request, const keyservice::Findings& findings, Language language,
           std::ostream& out) {
  for (const Finding& finding : findings) {
    const auto column = finding.column.value_or(keyservice::Column::kAction);
    out << request.layout.Address(column, finding.row) << "  " << RuleName(finding.rule) << "  "
        << Harmless(finding.In(language)) << '\n';
  }
  const auto say = [&](const keyservice::Text& text, std::vector<std::string> arguments) {
    out << Harmless(Fill(text, language, arguments)) << '\n';
  };
  for (const auto& [_, name] : request.layout.unknown) say(kNotRead, {name});
  for (const std::string& name : Absent(request)) say(kAbsent, {name});
  if (!HasErrors(findings))
    say(kRight, {request.layout.sheet, std::to_string(request.rows.size())});
}

std::string Document(const Problem& problem) {
  JsonWriter json;
  json.BeginObject().Member("right", false).Member("problem", problem.name);
  json.Member("nl", problem.In(Language::kNl)).Member("en", problem.In(Language::kEn)).End();
  return std::move(json.text());
}

std::string Refusal(const Problem& problem, std::optional<Language> language) {
  if (language) return Harmless(problem.In(*language));
  return Harmless(problem.In(Language::kNl)) + "\n" + Harmless(problem.In(Language::kEn));
}

Result<void> WriteMarked(const RequestArguments& arguments, ByteView file,
                         const RequestSheet& request, const keyservice::Findings& findings,
                         Language language) {
  const auto marked = MarkRequest(file, request, findings, language);
  if (!marked)
    return Error{ErrorCode::kValidation,
                 arguments.file + ": " + requestsheet::ProblemOf(marked.error()).In(language)};
  return app::WriteNewFile(arguments.out, AsText(*marked), app::kPrivateFile);
}

// Whom the request is judged by, and who sends it.
struct Company {
  std::optional<keyservice::People> people;
  std::string requester = "requester";
};

Result<Company> CompanyOf(const RequestArguments& arguments) {
  Company company;
  if (arguments.people.empty()) return company;
  const PeopleFile file{{arguments.people, {}, {}}};
  KM_TRY(company.people, file.Read());
  if (arguments.requester.empty()) return company;
  KM_TRY(const auto known, company.people->Find(arguments.requester));
  if (!known || known->person.empty())
    return Error{ErrorCode::kValidation,
                 arguments.requester + " is no person of " + arguments.people};
  company.requester = known->person;
  return company;
}

Result<void> Check(Invocation& invocation, const RequestArguments& arguments) {
  KM_TRY(const keyservice::ClassTable table, arguments.classes.Read());
  KM_TRY(const Company company, CompanyOf(arguments));
  KM_TRY(const Bytes file, ReadInput(arguments.file, workbook::Limits().file_bytes));
  const auto read = requestsheet::ReadRequest(file);
  if (const auto* problem = std::get_if<Problem>(&read)) {
    if (invocation.json) invocation.out << Document(*problem);
    return Error{ErrorCode::kValidation,
                 arguments.file + ": " + Refusal(*problem, arguments.language.language())};
  }
  const auto& request = std::get<RequestSheet>(read);
  const Language language = arguments.language.language().value_or(request.layout.language);
  const auto today = std::chrono::floor<std::chrono::days>(invocation.clock.Now());
  KM_TRY(const keyservice::Findings findings,
         requestsheet::CheckForm(request, {.table = table,
                                           .today = today,
                                           .people = company.people ? &*company.people : nullptr,
                                           .requester = company.requester}));
  if (invocation.json) {
    invocation.out << Document(request, findings);
  } else {
    Print(request, findings, language, invocation.out);
  }
  if (!arguments.out.empty()) KM_CHECK(WriteMarked(arguments, file, request, findings, language));
  if (HasErrors(findings))
    return Error{ErrorCode::kValidation, arguments.file + ": " + Fill(kWrong, language, {})};
  return {};
}

constexpr char kFooter[] =
    "Judged are the form of each cell and the rules of the class table, for all rows at once; with "
    "--people, too,\nwhether those who are named are known, and with --requester who decides. "
    "Whether a key is there already,\nonly the service can say.\n"
    "\n"
    "Examples:\n"
    "  kmaas request check aanvraag.xlsx\n"
    "  kmaas request check --out checked.xlsx request.xlsx   with the errors marked in their "
    "cells\n"
    "  kmaas request check --people people.yaml --requester ann@example.org request.xlsx\n"
    "  kmaas request check --json request.xlsx | jq -r '.findings[].cell'\n"
    "\n"
    "Exit status 1 when a row is not right.";

}  // namespace

void AddRequestCommands(CLI::App& program, Invocation& invocation) {
  CLI::App& requests = *program.add_subcommand("request", "Requests for keys");
  requests.require_subcommand(1);
  requests.footer("Example:\n  kmaas request check aanvraag.xlsx");
  CLI::App& check = *requests.add_subcommand("check", "Check a request before it is sent");
  const auto arguments = std::make_shared<RequestArguments>();
  check.add_option("file", arguments->file, "The workbook")->type_name("FILE")->required();
  check.add_option("--out", arguments->out, "Where to write it with its errors marked")
      ->type_name("FILE");
  arguments->language.AddTo(check, "Of what is said; that of the sheet without it");
  arguments->classes.AddOptions(check);
  CLI::Option* people =
      check.add_option("--people", arguments->people, "Who is who (see kmaas people check)")
          ->type_name("FILE");
  check.add_option("--requester", arguments->requester, "Who sends it: an e-mail address or ARN")
      ->needs(people);
  invocation.AddJsonOption(check);
  check.footer(kFooter);
  check.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return Check(invocation, *arguments); };
  });
}

}  // namespace kmaas::cli
