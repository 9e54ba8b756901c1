// The command line as a whole: help, wrong arguments, and what needs no service.
#include "cli/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <fstream>
#include <sstream>

#include "operations/operations.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::cli {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

struct Outcome {
  int status;
  std::string out;
  std::string err;
};

Outcome RunWith(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = Run(arguments, out, err);
  return {status, out.str(), err.str()};
}

// The words of every command, the program itself among them as no words.
void Collect(const CLI::App& command, const std::vector<std::string>& words,
             std::vector<std::vector<std::string>>& all) {
  all.push_back(words);
  for (const CLI::App* below : command.get_subcommands([](const CLI::App*) { return true; })) {
    std::vector<std::string> further = words;
    further.push_back(below->get_name());
    Collect(*below, further, all);
  }
}

std::vector<std::vector<std::string>> Commands() {
  std::ostringstream nowhere;
  Invocation invocation(nowhere, nowhere);
  std::vector<std::vector<std::string>> all;
  Collect(*MakeProgram(invocation), {}, all);
  return all;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : " ") + word;
  return joined;
}

TEST(Program, HelpOfEveryCommandShowsAnExampleOfIt) {
  const auto commands = Commands();
  EXPECT_GE(commands.size(), 13U);
  for (std::vector<std::string> words : commands) {
    const std::string example = Joined(words).empty() ? "kmaas init" : "kmaas " + Joined(words);
    words.emplace_back("--help");
    const Outcome help = RunWith(words);
    EXPECT_EQ(help.status, kSucceeded) << example;
    EXPECT_EQ(help.err, "");
    const std::size_t examples = help.out.find("Example");
    ASSERT_NE(examples, std::string::npos) << example;
    EXPECT_NE(help.out.find("  " + example, examples), std::string::npos) << help.out;
  }
}

TEST(Program, HelpFitsATerminalOf120Columns) {
  for (std::vector<std::string> words : Commands()) {
    words.emplace_back("--help");
    std::istringstream lines(RunWith(words).out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 120U) << line;
  }
}

class Misuse : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(Misuse, ExitsWithTwoAndPointsToHelp) {
  const Outcome outcome = RunWith(GetParam());
  EXPECT_EQ(outcome.status, kMisused) << Joined(GetParam());
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("--help"));
}

INSTANTIATE_TEST_SUITE_P(
    Program, Misuse,
    testing::Values(std::vector<std::string>{}, std::vector<std::string>{"frobnicate"},
                    std::vector<std::string>{"key"}, std::vector<std::string>{"key", "make"},
                    std::vector<std::string>{"key", "show"},
                    std::vector<std::string>{"key", "list", "--state", "Broken"},
                    std::vector<std::string>{"status", "surplus"},
                    std::vector<std::string>{"status", "--confg", "x"},
                    std::vector<std::string>{"status", "--config"},
                    std::vector<std::string>{"init", "--so-pin", "1234"},
                    std::vector<std::string>{"init", "--pin", "1234"},
                    std::vector<std::string>{"completion", "tcsh"},
                    std::vector<std::string>{"operations", "--json", "--markdown"}));

TEST(Program, NoOptionTakesAPin) {
  for (std::vector<std::string> words : Commands()) {
    words.emplace_back("--help");
    std::istringstream options(RunWith(words).out);
    for (std::string line; std::getline(options, line);) {
      if (line.find("  --") != 0 || line.find("pin") == std::string::npos) continue;
      EXPECT_THAT(line, AnyOf(StartsWith("  --so-pin-file FILE"), StartsWith("  --pin-file FILE")));
    }
  }
}

TEST(Program, FailsWithOneAndNamesTheFileThatIsNotThere) {
  for (const char* command : {"status", "init"}) {
    const Outcome outcome = RunWith({command, "--config", "/nonexistent/kmaas.yaml"});
    EXPECT_EQ(outcome.status, kFailed);
    EXPECT_THAT(outcome.err,
                AllOf(StartsWith("kmaas: /nonexistent/kmaas.yaml: "), HasSubstr("--config")));
  }
}

TEST(Program, NamesTheLineOfAConfigurationThatIsWrong) {
  const fakes::TemporaryDirectory directory;
  std::ofstream(directory.File("kmaas.yaml")) << "region: x\nhsmm: {}\n";
  const Outcome outcome = RunWith({"key", "list", "--config", directory.File("kmaas.yaml")});
  EXPECT_EQ(outcome.status, kFailed);
  EXPECT_THAT(outcome.err, HasSubstr("kmaas.yaml:2:1: hsmm: unknown setting; did you mean hsm?"));
}

TEST(Program, TellsItsVersion) {
  EXPECT_EQ(RunWith({"version"}).out, "kmaas " KMAAS_VERSION "\n");
  EXPECT_EQ(RunWith({"--version"}).out, "kmaas " KMAAS_VERSION "\n");
  EXPECT_EQ(RunWith({"--version"}).status, kSucceeded);
}

TEST(Program, ListsEveryOperationInEachForm) {
  const auto registry = operations::MakeRegistry();
  ASSERT_TRUE(registry);
  const std::string json = RunWith({"operations", "--json"}).out;
  const std::string text = RunWith({"operations"}).out;
  const std::string markdown = RunWith({"operations", "--markdown"}).out;
  simdjson::dom::parser parser;
  const simdjson::dom::array listed = parser.parse(json).get_array();
  EXPECT_EQ(listed.size(), registry->operations().size());
  for (const simdjson::dom::element& operation : listed) {
    const std::string name{operation["name"].get_string().value()};
    const std::string action{operation["action"].get_string().value()};
    EXPECT_THAT(action, AnyOf(StartsWith("kms:"), StartsWith("iam:"), StartsWith("sts:")));
    EXPECT_THAT(text, HasSubstr("\n" + name + " "));
    const bool is_kms = action.starts_with("kms:");
    EXPECT_THAT(markdown, HasSubstr(is_kms ? "| " + name + " | `" + action + "` | " : name));
  }
}

TEST(Program, VerifiesATrailWithoutAConfiguration) {
  const fakes::TemporaryDirectory directory;
  const Outcome empty = RunWith({"audit", "verify", "--directory", directory.path(), "--json"});
  EXPECT_EQ(empty.status, kSucceeded) << empty.err;
  simdjson::dom::parser parser;
  EXPECT_TRUE(parser.parse(empty.out)["intact"].get_bool().value());
  std::ofstream(directory.File("audit-0000000000000001.jsonl")) << "forged\n";
  const Outcome forged = RunWith({"audit", "verify", "--directory", directory.path(), "--json"});
  EXPECT_EQ(forged.status, kFailed);
  simdjson::dom::parser second;
  EXPECT_FALSE(second.parse(forged.out)["intact"].get_bool().value());
  EXPECT_THAT(forged.err, HasSubstr("not as it was written"));
}

TEST(Program, ObeysNothingThatSomebodyWroteIntoATrail) {
  const fakes::TemporaryDirectory trail;
  const std::string zeros(64, '0');
  std::ofstream(trail.path() + "/audit-0000000000000001.jsonl")
      << R"({"seq":1,"prev":")" << zeros << R"(","hash":")" << zeros
      << R"(","event":{"eventVersion":"1.11","eventTime":"2026-11-27T00:00:00Z","eventName":")"
      << "\x1b]0;mine\x07"
      << R"(","tlsDetails":{}}})"
      << "\n";
  for (const char* form : {"--oldest-first", "--json"}) {
    const Outcome outcome = RunWith({"audit", "search", "--directory", trail.path(), form});
    EXPECT_THAT(outcome.out, HasSubstr("?]0;mine?"));
    EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos) << form;
  }
}

}  // namespace
}  // namespace kmaas::cli
