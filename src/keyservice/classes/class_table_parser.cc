#include <algorithm>

#include "keyservice/classes/class_table.h"
#include "keyservice/classes/fields.h"
#include "keyservice/files/yaml_mapping.h"

namespace kmaas::keyservice {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{64} << 10U;
constexpr std::size_t kEnvironmentsMax = 20;

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

void ReadClasses(const YAML::Node& node, ClassTable& table, FileFindings& findings) {
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

void ReadEnvironments(const YAML::Node& node, ClassTable& table, FileFindings& findings) {
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

void ReadPersonalData(const YAML::Node& node, ClassTable& table, FileFindings& findings) {
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

ClassTable ReadTable(const YAML::Node& root, FileFindings& findings) {
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
  FileFindings findings(file);
  ClassTable table;
  KM_CHECK(ReadDocument(text, kFileBytesMax, findings, file, [&](const YAML::Node& document) {
    table = ReadTable(document, findings);
    if (!findings.empty()) return;
    for (const std::string& wrong : WhatMakesNoSense(table)) findings.Add(document.Mark(), wrong);
  }));
  table.digest = crypto::Sha256(AsBytes(text));
  return table;
}

}  // namespace kmaas::keyservice
