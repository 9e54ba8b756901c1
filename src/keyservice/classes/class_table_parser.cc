#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <span>

#include "keyservice/classes/class_table.h"
#include "keyservice/classes/fields.h"

namespace kmaas::keyservice {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{64} << 10U;
constexpr std::size_t kEnvironmentsMax = 20;

// What is wrong, in the order in which it was found.
class Findings {
 public:
  explicit Findings(std::string file) : file_(std::move(file)) {}
  void Add(const YAML::Mark& mark, const std::string& text) {
    message_ +=
        (message_.empty() ? "" : "\n") + file_ + ":" + std::to_string(mark.line + 1) + ": " + text;
  }
  bool empty() const { return message_.empty(); }
  Error ToError() const { return {ErrorCode::kValidation, message_}; }

 private:
  std::string file_;
  std::string message_;
};

// One mapping whose names are all known, each once, and all there.
class Mapping {
 public:
  Mapping(const YAML::Node& node, std::string path, Findings& findings)
      : node_(node), path_(std::move(path)), findings_(findings) {
    if (!node.IsMap()) Refuse(node, "must be a mapping of names to values");
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() = default;

  // The value of `name`; an undefined node, and a finding, when it is absent or there twice.
  YAML::Node Take(const std::string& name) {
    known_.insert(name);
    YAML::Node value(YAML::NodeType::Undefined);
    if (!node_.IsMap()) return value;
    for (const auto& pair : node_) {
      if (!pair.first.IsScalar() || pair.first.Scalar() != name) continue;
      if (value.IsDefined()) Refuse(pair.first, "has " + name + " twice");
      value.reset(pair.second);
    }
    if (!value.IsDefined()) Refuse(node_, "lacks " + name);
    return value;
  }
  void Number(const std::string& name, std::uint64_t min, std::uint64_t max, std::uint64_t& out) {
    const YAML::Node value = Take(name);
    if (!value.IsDefined()) return;
    const std::string text = value.IsScalar() ? value.Scalar() : "";
    std::uint64_t read = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), read);
    if (failure != std::errc() || end != text.data() + text.size() || read < min || read > max) {
      Refuse(value, name + " must be a whole number from " + std::to_string(min) + " to " +
                        std::to_string(max));
      return;
    }
    out = read;
  }
  void Word(const std::string& name, std::span<const std::string_view> words, std::uint32_t& out) {
    const YAML::Node value = Take(name);
    if (!value.IsDefined()) return;
    const std::string text = value.IsScalar() ? value.Scalar() : "";
    const auto found = std::find(words.begin(), words.end(), text);
    if (found != words.end()) {
      out = static_cast<std::uint32_t>(found - words.begin());
      return;
    }
    std::string listed;
    for (const std::string_view word : words)
      listed += (listed.empty() ? "" : ", ") + std::string(word);
    Refuse(value, name + " must be one of " + listed);
  }
  void Finish() {
    if (!node_.IsMap()) return;
    for (const auto& pair : node_) {
      const std::string name = pair.first.IsScalar() ? pair.first.Scalar() : "";
      if (known_.count(name) == 0) Refuse(pair.first, "has an unknown name: " + name.substr(0, 60));
    }
  }
  void Refuse(const YAML::Node& at, const std::string& text) {
    findings_.Add(at.Mark(), path_ + " " + text);
  }

 private:
  YAML::Node node_;
  std::string path_;
  Findings& findings_;
  std::set<std::string> known_;
};

void ReadField(const Field& field, Mapping& mapping, ClassRules& rules) {
  std::uint32_t value = field.min;
  if (field.words.empty()) {
    std::uint64_t number = field.min;
    mapping.Number(std::string(field.name), field.min, field.max, number);
    value = static_cast<std::uint32_t>(number);
  } else {
    mapping.Word(std::string(field.name), field.words, value);
  }
  field.set(rules, value);
}

void ReadClasses(const YAML::Node& node, ClassTable& table, Findings& findings) {
  if (!node.IsDefined()) return;
  Mapping classes(node, "classes", findings);
  for (int number = kClassMin; number <= kClassMax; ++number) {
    const YAML::Node one = classes.Take(std::to_string(number));
    if (!one.IsDefined()) continue;
    Mapping mapping(one, "class " + std::to_string(number), findings);
    for (const Field& field : Fields()) {
      ReadField(field, mapping, table.classes[static_cast<std::size_t>(number - kClassMin)]);
    }
    mapping.Finish();
  }
  classes.Finish();
}

// "tni": what an alias takes between its slashes.
bool IsLabel(const std::string& text) {
  return !text.empty() && text.size() <= 16 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

void ReadEnvironments(const YAML::Node& node, ClassTable& table, Findings& findings) {
  if (!node.IsDefined()) return;
  if (!node.IsSequence() || node.size() == 0 || node.size() > kEnvironmentsMax) {
    findings.Add(node.Mark(), "environments must be a list of 1 to 20");
    return;
  }
  constexpr std::string_view kNoYes[] = {"no", "yes"};
  for (const auto& item : node) {
    Mapping mapping(item, "environment", findings);
    Environment environment;
    std::uint32_t production = 0;
    const YAML::Node name = mapping.Take("name");
    const YAML::Node label = mapping.Take("label");
    if (name.IsDefined() && name.IsScalar()) environment.name = name.Scalar();
    if (label.IsDefined() && label.IsScalar()) environment.label = label.Scalar();
    mapping.Word("production", kNoYes, production);
    environment.production = production != 0;
    if (environment.name.empty() || environment.name.size() > 32) {
      mapping.Refuse(item, "needs a name of 1 to 32 bytes");
    }
    if (!IsLabel(environment.label)) mapping.Refuse(item, "needs a label of 1 to 16 of a-z, 0-9");
    mapping.Finish();
    table.environments.push_back(std::move(environment));
  }
}

void ReadPersonalData(const YAML::Node& node, ClassTable& table, Findings& findings) {
  if (!node.IsDefined()) return;
  Mapping mapping(node, "personal_data", findings);
  std::uint64_t ordinary = kClassMax;
  std::uint64_t special = kClassMax;
  mapping.Number("ordinary", kClassMin, kClassMax, ordinary);
  mapping.Number("special", kClassMin, kClassMax, special);
  mapping.Finish();
  table.personal_data_class = static_cast<int>(ordinary);
  table.special_data_class = static_cast<int>(special);
}

ClassTable ReadTable(const YAML::Node& root, Findings& findings) {
  ClassTable table;
  Mapping mapping(root, "the file", findings);
  mapping.Number("serial", 1, UINT32_MAX, table.serial);
  ReadPersonalData(mapping.Take("personal_data"), table, findings);
  ReadEnvironments(mapping.Take("environments"), table, findings);
  ReadClasses(mapping.Take("classes"), table, findings);
  mapping.Finish();
  return table;
}

}  // namespace

Result<ClassTable> ParseClassTable(std::string_view text, const std::string& file) {
  Findings findings(file);
  if (text.size() > kFileBytesMax) {
    return Error{ErrorCode::kValidation, file + ": is longer than 64 KiB; it is no class table"};
  }
  ClassTable table;
  try {
    const auto documents = YAML::LoadAll(std::string(text));
    if (documents.size() != 1) {
      return Error{ErrorCode::kValidation, file + ": must be one YAML document"};
    }
    table = ReadTable(documents.front(), findings);
    if (findings.empty()) {
      for (const std::string& wrong : WhatMakesNoSense(table)) {
        findings.Add(documents.front().Mark(), wrong);
      }
    }
  } catch (const YAML::Exception& e) {
    findings.Add(e.mark, e.msg);
  }
  if (!findings.empty()) return findings.ToError();
  table.digest = crypto::Sha256(AsBytes(text));
  return table;
}

}  // namespace kmaas::keyservice
