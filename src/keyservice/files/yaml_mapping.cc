#include "keyservice/files/yaml_mapping.h"

#include <algorithm>
#include <charconv>

namespace kmaas::keyservice {

Mapping::Mapping(const YAML::Node& node, std::string path, FileFindings& findings)
    : node_(node), path_(std::move(path)), findings_(findings) {
  if (!node.IsMap()) Refuse(node, "must be a mapping of names to values");
}

YAML::Node Mapping::Find(const std::string& name) {
  known_.insert(name);
  YAML::Node value(YAML::NodeType::Undefined);
  if (!node_.IsMap()) return value;
  for (const auto& pair : node_) {
    if (!pair.first.IsScalar() || pair.first.Scalar() != name) continue;
    if (value.IsDefined()) Refuse(pair.first, "has " + name + " twice");
    value.reset(pair.second);
  }
  return value;
}

YAML::Node Mapping::TakeOptional(const std::string& name) { return Find(name); }

YAML::Node Mapping::Take(const std::string& name) {
  YAML::Node value = Find(name);
  if (!value.IsDefined() && node_.IsMap()) Refuse(node_, "lacks " + name);
  return value;
}

void Mapping::Number(const std::string& name, std::uint64_t min, std::uint64_t max,
                     std::uint64_t& out) {
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

void Mapping::Word(const std::string& name, std::span<const std::string_view> words,
                   std::uint32_t& out) {
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

void Mapping::Finish() {
  if (!node_.IsMap()) return;
  for (const auto& pair : node_) {
    const std::string name = pair.first.IsScalar() ? pair.first.Scalar() : "";
    if (known_.count(name) == 0) Refuse(pair.first, "has an unknown name: " + name.substr(0, 60));
  }
}

void Mapping::Refuse(const YAML::Node& at, const std::string& text) {
  findings_.Add(at.Mark(), path_ + " " + text);
}

Result<void> ReadDocument(std::string_view text, std::size_t bytes_max, FileFindings& findings,
                          const std::string& file,
                          const std::function<void(const YAML::Node&)>& read) {
  if (text.size() > bytes_max) {
    return Error{ErrorCode::kValidation,
                 file + ": is longer than " + std::to_string(bytes_max >> 10U) + " KiB"};
  }
  try {
    const auto documents = YAML::LoadAll(std::string(text));
    if (documents.size() != 1)
      return Error{ErrorCode::kValidation, file + ": must be one YAML document"};
    read(documents.front());
  } catch (const YAML::Exception& e) {
    findings.Add(e.mark, e.msg);
  }
  if (!findings.empty()) return findings.ToError();
  return {};
}

}  // namespace kmaas::keyservice
