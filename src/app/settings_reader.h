// Reads one YAML mapping strictly: unknown names, wrong types and values out of range are findings.
#pragma once

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace kmaas::app {

// What is wrong with a file, in the order of its lines.
class Findings {
 public:
  explicit Findings(std::string file) : file_(std::move(file)) {}
  void Add(const YAML::Mark& mark, std::string text);
  bool empty() const { return findings_.empty(); }
  // kValidation; "file:line:column: text" for each finding. The file must have one.
  Error ToError() const;
  const std::string& file() const { return file_; }

 private:
  struct Finding {
    int line;
    int column;
    std::string text;
  };
  std::string file_;
  std::vector<Finding> findings_;
};

// The names of an enumeration and their values.
template <class E>
using Choices = std::vector<std::pair<std::string_view, E>>;

// One mapping. Each read says a name that is allowed and leaves `target` alone when the name is
// absent; Finish() reports the names that no read has said. An absent mapping reads as an empty
// one. Not thread-safe.
class SettingsReader {
 public:
  SettingsReader(const YAML::Node& node, std::string path, Findings& findings);

  SettingsReader Section(const std::string& name);
  bool Has(const std::string& name) const;
  void Text(const std::string& name, std::string& target);
  // Taken from the directory of the file when it is relative.
  void Path(const std::string& name, std::string& target);
  void Flag(const std::string& name, bool& target);

  template <class N>
  void Number(const std::string& name, N& target, std::uint64_t min, std::uint64_t max) {
    auto value = static_cast<std::uint64_t>(target);
    ReadNumber(name, value, {min, max});
    target = static_cast<N>(value);
  }
  template <class Duration>
  void Span(const std::string& name, Duration& target, std::uint64_t min, std::uint64_t max) {
    auto value = static_cast<std::uint64_t>(target.count());
    ReadNumber(name, value, {min, max});
    target = Duration(static_cast<typename Duration::rep>(value));
  }
  template <class E>
  void Choice(const std::string& name, E& target, const Choices<E>& choices) {
    std::string text;
    Text(name, text);
    if (!Has(name) || text.empty()) return;
    std::vector<std::string> allowed;
    for (const auto& [choice, value] : choices) {
      if (choice == text) {
        target = value;
        return;
      }
      allowed.emplace_back(choice);
    }
    RefuseChoice(name, text, allowed);
  }

  // The node of `name`, for what the reads above do not cover; undefined when it is absent.
  YAML::Node Raw(const std::string& name);
  // A finding at the value of `name`, or at the mapping when it is absent.
  void Refuse(const std::string& name, const std::string& text);
  void Finish();

  const std::string& path() const { return path_; }

 private:
  struct Bounds {
    std::uint64_t min;
    std::uint64_t max;
  };
  struct Entry {
    std::string name;
    YAML::Node key;
    YAML::Node value;
  };

  void ReadNumber(const std::string& name, std::uint64_t& value, Bounds bounds);
  void RefuseChoice(const std::string& name, const std::string& text,
                    const std::vector<std::string>& allowed);
  const Entry* Find(const std::string& name) const;
  const Entry* Scalar(const std::string& name, std::string_view wanted);
  std::string PathOf(const std::string& name) const;

  YAML::Mark mark_;
  std::string path_;
  Findings* findings_;
  std::vector<Entry> entries_;
  std::vector<std::string> known_;
};

// `path`, or that path below the directory of `file` when it is relative; always absolute.
std::string ResolvePath(const std::string& path, const std::string& file);

// "; did you mean X?" when one of `known` is near `name`, else nothing.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& known);

// The one document of a settings file; a second one is a finding, and then the node is empty.
// Throws YAML::Exception for what is not YAML.
YAML::Node LoadOneDocument(const std::string& text, Findings& findings);

}  // namespace kmaas::app
