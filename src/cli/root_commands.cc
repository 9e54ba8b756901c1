// kmaas root: the generations of the roots in the token. Here: adding one, and how they stand.
#include <iomanip>
#include <memory>
#include <sstream>

#include "app/process.h"
#include "app/root_report.h"
#include "app/token_settings.h"
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/persons.h"
#include "cli/table.h"
#include "hsm/ceremony.h"

namespace kmaas::cli {
namespace {

struct AddArguments {
  std::string so_pin_file;
  bool lasting = false;
};

// Where the new roots are still to be copied.
std::vector<std::string> NamesBehindFirst(const std::vector<app::TokenConfig>& tokens) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i < tokens.size(); ++i) names.push_back(tokens[i].name);
  return names;
}

void PrintAdded(Invocation& invocation, const hsm::CeremonyReport& report,
                const std::vector<app::TokenConfig>& tokens) {
  const std::vector<std::string> others = NamesBehindFirst(tokens);
  if (invocation.json) {
    JsonWriter json;
    json.BeginObject()
        .Member("token_label", report.token_label)
        .Member("token_serial", report.token_serial)
        .Member("generation", report.generation)
        .Member("weak_token", report.weak);
    json.Key("token_keys").BeginArray();
    for (const std::string& label : report.made) json.Text(label);
    json.End().Key("copy_to").BeginArray();
    for (const std::string& name : others) json.Text(name);
    json.End().Key("attacks_withstood").Number(report.attacks.size()).End();
    invocation.out << json.text();
    return;
  }
  invocation.out << "\nThe token \"" << report.token_label << "\" has generation "
                 << report.generation << " of the roots. Nothing uses it yet.\n\nNext:\n"
                 << "  back the token up, and copy it to its clones"
                 << (others.empty() ? "" : " (" + Joined(others) + ")")
                 << ", before any key needs the new roots\n  kmaas root rotate\n";
  if (report.weak)
    invocation.out << "\nWARNING: the token does not keep keys in. It was accepted because "
                      "hsm.accept_weak_token is true; keep no real keys in it.\n";
}

Result<void> AddGeneration(Invocation& invocation, const AddArguments& arguments) {
  KM_TRY(app::Config loaded, invocation.Load());
  const std::vector<app::TokenConfig> tokens = app::TokensOf(loaded.hsm);
  const app::Config config = app::OnFirstToken(std::move(loaded));
  app::SetModuleEnvironment(config.hsm);
  hsm::CeremonyOptions options;
  options.module_path = config.hsm.module;
  options.module_parameters = config.hsm.module_parameters;
  options.token_label = config.hsm.token_label;
  options.token_serial = config.hsm.token_serial;
  options.accept_weak_token = config.hsm.accept_weak_token;
  options.lasting_roots = arguments.lasting;
  KM_TRY(options.user_pin, ObtainUserPin(config.hsm));
  KM_TRY(options.so_pin, ObtainOfficerPin(arguments.so_pin_file, config.hsm.token_label));
  options.progress = [&invocation](std::string_view step) {
    // With --json, standard output is the document alone.
    (invocation.json ? invocation.err : invocation.out) << "kmaas root: " << step << std::endl;
  };
  KM_TRY(const hsm::CeremonyReport report, hsm::AddRoots(std::move(options)));
  PrintAdded(invocation, report, tokens);
  return {};
}

std::string Numbers(const std::vector<std::uint32_t>& numbers) {
  std::vector<std::string> texts;
  for (const std::uint32_t number : numbers) texts.push_back(std::to_string(number));
  return Joined(texts);
}

std::string RateText(double per_second) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << per_second;
  return text.str();
}

std::string StandText(const app::RootReport& report) {
  if (!report.use) return "no root was ever rotated";
  if (report.use->settled)
    return "settled " + FormatIso8601(*report.use->settled) + "; " +
           std::to_string(report.use->rewrapped) + " materials were rewrapped";
  std::string text = "under way: " + std::to_string(report.use->rewrapped) + " rewrapped, " +
                     std::to_string(report.elsewhere()) + " left";
  if (const auto rate = report.rate()) text += ", " + RateText(*rate) + " a second";
  if (const auto left = report.time_left())
    text += ", done in about " + std::to_string(left->count()) + " seconds";
  return text;
}

void PrintStand(const app::RootReport& report, std::ostream& out) {
  Table table(
      {"generation in use", std::to_string(report.in_use) +
                                (report.use ? ", since " + FormatIso8601(report.use->since) : "")});
  table.Add({"generations in the token", Numbers(report.in_token)});
  for (const auto& [generation, materials] : report.by_generation)
    table.Add({"wrapped by generation " + std::to_string(generation),
               std::to_string(materials) + " key materials"});
  table.Add({"wrapped by none", std::to_string(report.resident) + " resident, " +
                                    std::to_string(report.process) + " sealed for the process"});
  table.Add({"rotation", StandText(report)});
  table.Print(out);
}

std::string Document(const app::RootReport& report) {
  JsonWriter json;
  json.BeginObject().Member("generation_in_use", report.in_use);
  json.Key("generations_in_token").BeginArray();
  for (const std::uint32_t generation : report.in_token) json.Number(generation);
  json.End().Key("materials_by_generation").BeginObject();
  for (const auto& [generation, materials] : report.by_generation)
    json.Member(std::to_string(generation), materials);
  json.End()
      .Member("materials_resident", report.resident)
      .Member("materials_of_process", report.process)
      .Member("materials_left", report.elsewhere())
      .Member("under_way", report.use && !report.use->settled);
  if (report.use) {
    json.Member("since", FormatIso8601(report.use->since))
        .Member("previous_generation", report.use->previous)
        .Member("materials_rewrapped", report.use->rewrapped);
    if (report.use->last) json.Member("last_rewrapped", FormatIso8601(*report.use->last));
    if (report.use->settled) json.Member("settled", FormatIso8601(*report.use->settled));
    if (const auto rate = report.rate())
      json.Member("materials_per_minute", static_cast<std::uint64_t>(*rate * 60));
    if (const auto left = report.time_left()) json.Member("seconds_left", left->count());
  }
  json.End();
  return std::move(json.text());
}

Result<void> ShowStand(Invocation& invocation) {
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(app::Foundation foundation, OpenForReading(config, invocation.clock));
  const auto report = app::ReportRoots(foundation);
  foundation.Close();
  if (!report) return report.error();
  if (invocation.json) {
    invocation.out << Document(*report);
  } else {
    PrintStand(*report, invocation.out);
  }
  return {};
}

void AddAddition(CLI::App& root, Invocation& invocation) {
  const auto arguments = std::make_shared<AddArguments>();
  CLI::App& add = *root.add_subcommand("add", "Make the next generation of the roots in the token");
  invocation.AddConfigOption(add);
  add.add_option("--so-pin-file", arguments->so_pin_file,
                 "File with the security officer's PIN, mode 0600")
      ->type_name("FILE");
  add.add_flag("--lasting-roots", arguments->lasting,
               "Make roots that nothing in the token can destroy, and so nobody retire");
  invocation.AddJsonOption(add);
  add.footer(
      "Holds the ceremony of `kmaas init` for the roots alone: the security officer makes them, "
      "the "
      "token is\nattacked, every attribute is read back, the token is flushed to disk. kmaasd may "
      "serve meanwhile, and\ndoes not use them before `kmaas root rotate`. A ceremony that broke "
      "off "
      "is completed by the next.\n\n"
      "The security officer's PIN comes from --so-pin-file, from the variable KMAAS_SO_PIN, or is "
      "asked at the\nterminal.\n\n"
      "Example:\n  kmaas root add --so-pin-file so.pin");
  add.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return AddGeneration(invocation, *arguments); };
  });
}

void AddStand(CLI::App& root, Invocation& invocation) {
  CLI::App& status = *root.add_subcommand(
      "status", "Show the generations of roots, what each wraps, and how far a rotation is");
  invocation.AddConfigOption(status);
  invocation.AddJsonOption(status);
  status.footer(
      "Counts every key material of the database. Works while kmaasd runs and when it does not, "
      "and "
      "changes\nnothing.\n\n"
      "Examples:\n  kmaas root status\n  kmaas root status --json | jq .materials_left");
  status.callback(
      [&invocation] { invocation.action = [&invocation] { return ShowStand(invocation); }; });
}

}  // namespace

void AddRootCommands(CLI::App& program, Invocation& invocation) {
  CLI::App& root =
      *program.add_subcommand("root", "Rotate the roots in the token, and retire old ones");
  root.require_subcommand(1);
  root.footer(
      "The roots wrap the keys that stand in the database. In order: `add` makes a new generation "
      "(security\nofficer), the token is backed up, `rotate` takes it into use while kmaasd "
      "serves, "
      "`status` tells how far\nit is, `retire` destroys an old one (two persons).\n\n"
      "Examples:\n  kmaas root add\n  kmaas root rotate --wait\n  kmaas root status\n"
      "  kmaas root consent 1 --out alice.consent --reason \"yearly rotation\"\n"
      "  kmaas root retire 1 --consent alice.consent --consent bob.consent "
      "--even-though-backups-need-it");
  AddAddition(root, invocation);
  AddRootRotation(root, invocation);
  AddStand(root, invocation);
  AddRootRetirement(root, invocation);
}

}  // namespace kmaas::cli
