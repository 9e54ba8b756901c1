// The completion scripts, run by the shells that read them.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <optional>
#include <sstream>

#include "cli/program.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::UnorderedElementsAre;

std::string Script(const std::string& shell) {
  std::ostringstream out;
  EXPECT_EQ(Run({"completion", shell}, out, out), kSucceeded);
  return out.str();
}

// What a shell writes, both streams; nothing when there is no such shell. A failure is marked.
std::optional<std::string> Output(std::vector<std::string> words) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int failure =
      ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string output;
  std::array<char, 4096> block{};
  for (ssize_t got = 0; (got = ::read(ends[0], block.data(), block.size())) > 0;)
    output.append(block.data(), static_cast<std::size_t>(got));
  ::close(ends[0]);
  if (failure != 0) return std::nullopt;
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0 ? output : "FAILED\n" + output;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class Completion : public testing::Test {
 protected:
  std::optional<std::string> Checked(const std::string& shell) {
    std::ofstream(directory_.File("script")) << Script(shell);
    return Output({shell, "-n", directory_.File("script")});
  }
  // What bash offers for a line whose last word is being written. In quotes: words of a shell.
  std::vector<std::string> Bash(const std::string& words) {
    const std::string path = directory_.File("script");
    std::ofstream(path) << Script("bash") << "COMP_WORDS=(" << words
                        << ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_kmaas\n"
                           "((${#COMPREPLY[@]})) && printf '%s\\n' \"${COMPREPLY[@]}\"\ntrue\n";
    return Lines(Output({"bash", "--norc", path}).value_or("no bash"));
  }
  // The same with zsh, whose completion system is replaced by what prints the candidates.
  std::vector<std::string> Zsh(const std::string& words) {
    const std::string path = directory_.File("script");
    std::ofstream(path)
        << "compdef() { }\n_files() { print FILES }\n_describe() { print -rl -- ${(P)2} }\n"
           "compadd() { shift; print -rl -- $@ }\n"
        << Script("zsh") << "words=(" << words << ")\nCURRENT=${#words}\n_kmaas\ntrue\n";
    return Lines(Output({"zsh", "-f", path}).value_or("no zsh"));
  }

  fakes::TemporaryDirectory directory_;
};

TEST_F(Completion, ScriptsAreSyntacticallyValid) {
  EXPECT_EQ(Checked("bash"), "");
  for (const char* shell : {"zsh", "fish"}) {
    const auto output = Checked(shell);
    EXPECT_EQ(output.value_or(""), "") << shell;
  }
}

TEST_F(Completion, OfBashOffersCommands) {
  EXPECT_THAT(Bash("kmaas ''"), Contains("init"));
  EXPECT_THAT(Bash("kmaas st"), ElementsAre("status"));
  EXPECT_THAT(Bash("kmaas key ''"),
              UnorderedElementsAre("list", "show", "proof-of-deletion", "--help"));
  EXPECT_THAT(Bash("kmaas completion ''"), UnorderedElementsAre("bash", "zsh", "fish", "--help"));
  EXPECT_THAT(Bash("kmaas nonsense ''"), Contains("init"));
}

TEST_F(Completion, OfBashOffersTheOptionsOfTheCommand) {
  EXPECT_THAT(Bash("kmaas key list --"),
              UnorderedElementsAre("--help", "--config", "--account", "--state", "--json"));
  EXPECT_THAT(Bash("kmaas init --so"), ElementsAre("--so-pin-file"));
  EXPECT_THAT(Bash("kmaas init --json --acc"),
              UnorderedElementsAre("--account-id", "--account-name"));
  EXPECT_THAT(Bash("kmaas status --"), Not(Contains("--state")));
}

TEST_F(Completion, OfBashOffersFilesAndTheValuesThatAreAllowed) {
  std::ofstream(directory_.File("a file.yaml")) << "";
  EXPECT_THAT(Bash("kmaas status --config '" + directory_.File("a") + "'"),
              ElementsAre(directory_.File("a file.yaml")));
  EXPECT_THAT(Bash("kmaas key list --state En"), ElementsAre("Enabled"));
  EXPECT_THAT(Bash("kmaas init --account-id ''"), ElementsAre());
}

// Every command and option, by walking down as a user would.
TEST_F(Completion, OfBashReachesEveryCommand) {
  std::ostringstream nowhere;
  Invocation invocation(nowhere, nowhere);
  const auto program = MakeProgram(invocation);
  const auto all = [](const CLI::App*) { return true; };
  for (const CLI::App* command : program->get_subcommands(all)) {
    EXPECT_THAT(Bash("kmaas " + command->get_name()), Contains(command->get_name()));
    for (const CLI::App* below : command->get_subcommands(all)) {
      const std::string line = "kmaas " + command->get_name() + " " + below->get_name() + " --";
      const auto options = below->get_options(
          [](const CLI::Option* option) { return !option->get_lnames().empty(); });
      EXPECT_EQ(Bash(line).size(), options.size()) << line;
    }
  }
}

TEST_F(Completion, OfZshOffersCommandsOptionsAndValues) {
  if (!Output({"zsh", "-c", "true"})) GTEST_SKIP() << "there is no zsh";
  EXPECT_THAT(Zsh("kmaas st"),
              Contains("status:Show token, mechanisms, custody, keys, audit trail"));
  EXPECT_THAT(Zsh("kmaas key ''"), Contains("list:List the keys of the store"));
  EXPECT_THAT(Zsh("kmaas init ''"), Contains(testing::StartsWith("--so-pin-file:")));
  EXPECT_THAT(Zsh("kmaas status --config ''"), ElementsAre("FILES"));
  EXPECT_THAT(Zsh("kmaas key list --state ''"), Contains("Enabled"));
}

}  // namespace
}  // namespace kmaas::cli
