// Files of the key service that people edit: YAML of which every name is known, with all that is
// wrong told by line.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kmaas::keyservice {

// What is wrong, in the order in which it was found.
class FileFindings {
 public:
  explicit FileFindings(std::string file) : file_(std::move(file)) {}
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

// One mapping whose names are all known, each at most once. Throws YAML::Exception where yaml-cpp
// does. Borrows the findings.
class Mapping {
 public:
  Mapping(const YAML::Node& node, std::string path, FileFindings& findings);
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() = default;

  // The value of `name`; an undefined node, and a finding, when it is absent or there twice.
  YAML::Node Take(const std::string& name);
  // The same, but it may be absent.
  YAML::Node TakeOptional(const std::string& name);
  void Number(const std::string& name, std::uint64_t min, std::uint64_t max, std::uint64_t& out);
  void Word(const std::string& name, std::span<const std::string_view> words, std::uint32_t& out);
  // Refuses every name that was not asked for.
  void Finish();
  void Refuse(const YAML::Node& at, const std::string& text);

 private:
  YAML::Node Find(const std::string& name);

  YAML::Node node_;
  std::string path_;
  FileFindings& findings_;
  std::set<std::string> known_;
};

// Reads the one document of a text that is no longer than `bytes_max`, and calls `read` with it;
// what that finds, and what YAML itself does not allow, is the error.
Result<void> ReadDocument(std::string_view text, std::size_t bytes_max, FileFindings& findings,
                          const std::string& file,
                          const std::function<void(const YAML::Node&)>& read);

}  // namespace kmaas::keyservice
