// kmaas completion: scripts that let a shell complete commands and options, made from the commands
// themselves.
#include <algorithm>
#include <iterator>
#include <map>
#include <sstream>

#include "cli/commands.h"

namespace kmaas::cli {
namespace {

struct Word {
  std::string text;
  std::string description;
};

// A command as its words say it ("key list"), and what may follow it.
struct Node {
  std::string path;
  std::string parent;
  std::string name;
  std::string description;
  std::vector<Word> subcommands;
  std::vector<Word> options;
  std::vector<std::string> file_options;
  std::vector<std::string> value_options;
  // Of those of them that allow only some: "Creating Enabled ...".
  std::map<std::string, std::string> choices;
  bool takes_file = false;  // without an option before it
};

bool TakesFile(const CLI::Option& option) {
  return option.get_type_name() == "FILE" || option.get_type_name() == "DIRECTORY";
}

// The values that an option allows, with blanks between, when it names them: CLI11 says
// "TEXT:{bash,zsh,fish}".
std::string Allowed(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return "";
  std::string values = type.substr(open + 1, close - open - 1);
  std::replace(values.begin(), values.end(), ',', ' ');
  return values;
}

std::vector<std::string> Split(const std::string& words) {
  std::istringstream stream(words);
  return {std::istream_iterator<std::string>(stream), {}};
}

void AddArgument(const CLI::Option& option, Node& node) {
  if (option.get_lnames().empty()) {
    for (const std::string& value : Split(Allowed(option))) node.subcommands.push_back({value, ""});
    node.takes_file = node.takes_file || TakesFile(option);
    return;
  }
  const std::string name = "--" + option.get_lnames().front();
  node.options.push_back({name, option.get_description()});
  if (TakesFile(option)) {
    node.file_options.push_back(name);
  } else if (option.get_expected_max() > 0) {
    node.value_options.push_back(name);
    if (const std::string values = Allowed(option); !values.empty()) node.choices[name] = values;
  }
}

void Collect(const CLI::App& command, const std::string& path, const std::string& parent,
             std::vector<Node>& nodes) {
  Node node{path, parent, command.get_name(), command.get_description(), {}, {}, {}, {}, {}, false};
  for (const CLI::Option* option : command.get_options()) AddArgument(*option, node);
  const auto below = command.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* subcommand : below) {
    node.subcommands.push_back({subcommand->get_name(), subcommand->get_description()});
  }
  nodes.push_back(std::move(node));
  for (const CLI::App* subcommand : below) {
    Collect(*subcommand,
            path.empty() ? subcommand->get_name() : path + " " + subcommand->get_name(), path,
            nodes);
  }
}

// In single quotes, for all three shells.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::vector<std::string> Distinct(const std::vector<Node>& nodes,
                                  std::vector<std::string> Node::*member) {
  std::vector<std::string> names;
  for (const Node& node : nodes) {
    for (const std::string& name : node.*member) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

std::string Alternatives(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : "|") + name;
  return joined;
}

// The pattern of a case branch for the commands that take a file; none matches the empty one.
std::string FileCommands(const std::vector<Node>& nodes) {
  std::vector<std::string> commands;
  for (const Node& node : nodes)
    if (node.takes_file) commands.push_back(Quoted(node.path));
  return Alternatives(commands);
}

// case branches for the values after an option that allows only some: `before` VALUES `after`.
std::string ChoiceBranches(const std::vector<Node>& nodes, const std::string& before,
                           const std::string& after) {
  std::map<std::string, std::string> all;
  for (const Node& node : nodes) all.insert(node.choices.begin(), node.choices.end());
  std::string branches;
  for (const auto& [option, values] : all) {
    branches.append("    ").append(option).append(") ").append(before);
    branches.append(values).append(after).append("; return ;;\n");
  }
  return branches;
}

// case branches that follow the words of the line down the tree of commands.
std::string Descent(const std::vector<Node>& nodes) {
  std::string branches;
  for (const Node& node : nodes) {
    if (node.path.empty()) continue;
    branches += "      " + Quoted(node.parent + " " + node.name) +
                ") command=" + Quoted(node.path) + " ;;\n";
  }
  return branches;
}

std::string ForBash(const std::vector<Node>& nodes) {
  std::string script =
      "# bash completion of kmaas: . <(kmaas completion bash)\n"
      "_kmaas() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local command='' choices='' i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$command ${COMP_WORDS[i]}\" in\n" +
      Descent(nodes) +
      "    esac\n"
      "  done\n"
      "  case $previous in\n"
      "    " +
      Alternatives(Distinct(nodes, &Node::file_options)) +
      ")\n"
      "      compopt -o filenames 2>/dev/null\n"
      "      mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
      "      return ;;\n" +
      ChoiceBranches(nodes, "mapfile -t COMPREPLY < <(compgen -W '", "' -- \"$current\")") +
      "    " + Alternatives(Distinct(nodes, &Node::value_options)) +
      ") COMPREPLY=() && return ;;\n"
      "  esac\n"
      "  case $command in\n";
  for (const Node& node : nodes) {
    std::string words;
    for (const Word& word : node.subcommands) words += word.text + " ";
    for (const Word& word : node.options) words += word.text + " ";
    words.pop_back();
    script += "    " + Quoted(node.path) + ") choices=" + Quoted(words) + " ;;\n";
  }
  return script +
         "  esac\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$choices\" -- \"$current\")\n"
         "  case $command in\n"
         "  " +
         FileCommands(nodes) +
         ")\n"
         "    compopt -o filenames 2>/dev/null\n"
         "    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- \"$current\") ;;\n"
         "  esac\n"
         "}\n"
         "complete -F _kmaas kmaas\n";
}

// _describe takes "word:description".
std::string ZshCandidate(const Word& word) {
  std::string description = word.description;
  std::replace(description.begin(), description.end(), ':', ',');
  return Quoted(word.text + ":" + description);
}

std::string ForZsh(const std::vector<Node>& nodes) {
  std::string script =
      "#compdef kmaas\n"
      "# zsh completion of kmaas: kmaas completion zsh >\"${fpath[1]}/_kmaas\"\n"
      "_kmaas() {\n"
      "  local command='' word\n"
      "  local -a candidates\n"
      "  for word in ${words[2,CURRENT-1]}; do\n"
      "    case \"$command $word\" in\n" +
      Descent(nodes) +
      "    esac\n"
      "  done\n"
      "  case ${words[CURRENT-1]} in\n"
      "    " +
      Alternatives(Distinct(nodes, &Node::file_options)) + ") _files; return ;;\n" +
      ChoiceBranches(nodes, "compadd -- ", "") + "    " +
      Alternatives(Distinct(nodes, &Node::value_options)) +
      ") return ;;\n"
      "  esac\n"
      "  case $command in\n";
  for (const Node& node : nodes) {
    script += "    " + Quoted(node.path) + ")\n      candidates=(";
    for (const Word& word : node.subcommands) script += "\n        " + ZshCandidate(word);
    for (const Word& word : node.options) script += "\n        " + ZshCandidate(word);
    script += ") ;;\n";
  }
  return script +
         "  esac\n"
         "  _describe kmaas candidates\n"
         "  case $command in " +
         FileCommands(nodes) +
         ") _files ;; esac\n"
         "}\n"
         "if [[ $funcstack[1] == _kmaas ]]; then _kmaas \"$@\"; else compdef _kmaas kmaas; fi\n";
}

// The line has gone down to exactly this command.
std::string FishCondition(const Node& node) {
  if (node.path.empty()) return "__fish_use_subcommand";
  std::string condition;
  const std::string words = node.path + " ";
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t space = words.find(' ', at);
    condition += (condition.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") +
                 words.substr(at, space - at);
    at = space + 1;
  }
  if (node.subcommands.empty()) return condition;
  condition += "; and not __fish_seen_subcommand_from";
  for (const Word& word : node.subcommands) condition += " " + word.text;
  return condition;
}

std::string ForFish(const std::vector<Node>& nodes) {
  std::string script =
      "# fish completion of kmaas: kmaas completion fish >~/.config/fish/completions/kmaas.fish\n"
      "complete -c kmaas -f\n";
  for (const Node& node : nodes) {
    const std::string condition = "complete -c kmaas -n " + Quoted(FishCondition(node));
    if (node.takes_file) script += condition + " -F\n";
    for (const Word& word : node.subcommands) {
      script += condition + " -a " + word.text + " -d " + Quoted(word.description) + "\n";
    }
    const auto has = [](const std::vector<std::string>& names, const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const Word& word : node.options) {
      script += condition + " -l " + word.text.substr(2);
      if (has(node.file_options, word.text)) script += " -r -F";
      if (has(node.value_options, word.text)) script += " -x";
      if (node.choices.count(word.text) != 0) script += " -a " + Quoted(node.choices.at(word.text));
      script += " -d " + Quoted(word.description) + "\n";
    }
  }
  return script;
}

Result<void> PrintScript(Invocation& invocation, const CLI::App& program,
                         const std::string& shell) {
  std::vector<Node> nodes;
  Collect(program, "", "", nodes);
  invocation.out << (shell == "bash"  ? ForBash(nodes)
                     : shell == "zsh" ? ForZsh(nodes)
                                      : ForFish(nodes));
  return {};
}

}  // namespace

void AddCompletionCommand(CLI::App& program, Invocation& invocation) {
  CLI::App& completion =
      *program.add_subcommand("completion", "Write a completion script for a shell");
  const auto shell = std::make_shared<std::string>();
  completion.add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion.footer(
      "Examples:\n  . <(kmaas completion bash)\n"
      "  kmaas completion bash >/etc/bash_completion.d/kmaas\n"
      "  kmaas completion zsh >\"${fpath[1]}/_kmaas\"\n"
      "  kmaas completion fish >~/.config/fish/completions/kmaas.fish");
  completion.callback([&invocation, &program, shell] {
    invocation.action = [&invocation, &program, shell] {
      return PrintScript(invocation, program, *shell);
    };
  });
}

}  // namespace kmaas::cli
