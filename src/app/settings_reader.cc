#include "app/settings_reader.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>
#include <system_error>

namespace kmaas::app {
namespace {

// Levenshtein's distance; both texts are names of settings, so short.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

std::string Listed(const std::vector<std::string>& names) {
  std::string listed;
  for (const std::string& name : names) {
    if (!listed.empty()) listed += ", ";
    listed += name;
  }
  return listed;
}

// yaml-cpp marks a quoted scalar with the tag "!".
bool IsPlain(const YAML::Node& node) { return node.Tag() != "!"; }

constexpr std::size_t kShownBytesMax = 60;

std::string Shown(const std::string& text) {
  return text.size() <= kShownBytesMax ? text : text.substr(0, kShownBytesMax) + "...";
}

// Counts documents; yaml-cpp has no other way to ask for the first two of them only.
class DocumentCounter final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { last_start = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/,
                       YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}

  YAML::Mark last_start;
};

}  // namespace

void Findings::Add(const YAML::Mark& mark, std::string text) {
  // A finding is one line, whatever the file holds.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
  findings_.push_back({mark.line + 1, mark.column + 1, std::move(text)});
}

Error Findings::ToError() const {
  std::vector<Finding> sorted = findings_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Finding& a, const Finding& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  std::string message;
  for (const Finding& finding : sorted) {
    if (!message.empty()) message += '\n';
    message += file_ + ":" + std::to_string(finding.line) + ":" + std::to_string(finding.column) +
               ": " + finding.text;
  }
  return {ErrorCode::kValidation, std::move(message)};
}

SettingsReader::SettingsReader(const YAML::Node& node, std::string path, Findings& findings)
    : mark_(node.Mark()), path_(std::move(path)), findings_(&findings) {
  if (!node.IsDefined() || node.IsNull()) return;
  if (!node.IsMap()) {
    findings_->Add(mark_, (path_.empty() ? "the file" : path_) + ": must be a mapping of settings");
    return;
  }
  for (const auto& pair : node) {
    Entry entry{pair.first.IsScalar() ? pair.first.Scalar() : "", pair.first, pair.second};
    if (entry.name.empty()) {
      findings_->Add(entry.key.Mark(), PathOf("") + "a setting has a name");
    } else if (Find(entry.name) != nullptr) {
      findings_->Add(entry.key.Mark(), PathOf(entry.name) + ": is set twice");
    } else {
      entries_.push_back(std::move(entry));
    }
  }
}

std::string SettingsReader::PathOf(const std::string& name) const {
  return path_.empty() ? name : path_ + "." + name;
}

const SettingsReader::Entry* SettingsReader::Find(const std::string& name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

bool SettingsReader::Has(const std::string& name) const { return Find(name) != nullptr; }

YAML::Node SettingsReader::Raw(const std::string& name) {
  known_.push_back(name);
  const Entry* entry = Find(name);
  return entry == nullptr ? YAML::Node(YAML::NodeType::Undefined) : entry->value;
}

SettingsReader SettingsReader::Section(const std::string& name) {
  return {Raw(name), PathOf(name), *findings_};
}

void SettingsReader::Refuse(const std::string& name, const std::string& text) {
  const Entry* entry = Find(name);
  findings_->Add(entry == nullptr ? mark_ : entry->value.Mark(), PathOf(name) + ": " + text);
}

const SettingsReader::Entry* SettingsReader::Scalar(const std::string& name,
                                                    std::string_view wanted) {
  known_.push_back(name);
  const Entry* entry = Find(name);
  if (entry == nullptr) return nullptr;
  if (entry->value.IsScalar()) return entry;
  Refuse(name, "must be " + std::string(wanted) +
                   (entry->value.IsNull() ? "; it has no value" : "; it is a list or a mapping"));
  return nullptr;
}

void SettingsReader::Text(const std::string& name, std::string& target) {
  const Entry* entry = Scalar(name, "text");
  if (entry == nullptr) return;
  if (entry->value.Scalar().empty()) {
    Refuse(name, "must not be empty; leave the setting out to get its default");
    return;
  }
  target = entry->value.Scalar();
}

void SettingsReader::Path(const std::string& name, std::string& target) {
  std::string path;
  Text(name, path);
  if (!path.empty()) target = ResolvePath(path, findings_->file());
}

void SettingsReader::Flag(const std::string& name, bool& target) {
  const Entry* entry = Scalar(name, "true or false");
  if (entry == nullptr) return;
  const std::string& text = entry->value.Scalar();
  if (!IsPlain(entry->value) || (text != "true" && text != "false")) {
    Refuse(name, "must be true or false, not " + Shown(text));
    return;
  }
  target = text == "true";
}

void SettingsReader::ReadNumber(const std::string& name, std::uint64_t& value, Bounds bounds) {
  const std::string wanted =
      "a whole number from " + std::to_string(bounds.min) + " to " + std::to_string(bounds.max);
  const Entry* entry = Scalar(name, wanted);
  if (entry == nullptr) return;
  const std::string& text = entry->value.Scalar();
  std::uint64_t read = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), read);
  if (!IsPlain(entry->value) || failure != std::errc() || end != text.data() + text.size() ||
      read < bounds.min || read > bounds.max) {
    Refuse(name, "must be " + wanted + ", not " + Shown(text));
    return;
  }
  value = read;
}

void SettingsReader::RefuseChoice(const std::string& name, const std::string& text,
                                  const std::vector<std::string>& allowed) {
  Refuse(name,
         "must be one of " + Listed(allowed) + ", not " + Shown(text) + DidYouMean(text, allowed));
}

void SettingsReader::Finish() {
  for (const Entry& entry : entries_) {
    if (std::find(known_.begin(), known_.end(), entry.name) != known_.end()) continue;
    findings_->Add(entry.key.Mark(), PathOf(Shown(entry.name)) + ": unknown setting" +
                                         DidYouMean(entry.name, known_) +
                                         " Allowed here: " + Listed(known_));
  }
}

std::string ResolvePath(const std::string& path, const std::string& file) {
  const std::filesystem::path given(path);
  if (given.is_absolute()) return given.lexically_normal().string();
  std::error_code failure;
  const auto directory = std::filesystem::absolute(file, failure).parent_path();
  return (directory / given).lexically_normal().string();
}

std::string DidYouMean(std::string_view name, const std::vector<std::string>& known) {
  const std::string* nearest = nullptr;
  std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t distance = EditDistance(name, candidate);
    if (distance < least) {
      least = distance;
      nearest = &candidate;
    }
  }
  return nearest == nullptr ? "." : "; did you mean " + *nearest + "?";
}

YAML::Node LoadOneDocument(const std::string& text, Findings& findings) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentCounter counter;
  if (parser.HandleNextDocument(counter) && parser.HandleNextDocument(counter)) {
    findings.Add(counter.last_start, "the file must be one YAML document");
    return {};
  }
  return YAML::Load(text);
}

}  // namespace kmaas::app
