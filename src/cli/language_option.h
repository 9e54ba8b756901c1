// Dutch or English, for what requesters read.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

#include "keyservice/texts/text.h"

namespace kmaas::cli {

struct LanguageOption {
  std::string text;

  void AddTo(CLI::App& command, const std::string& help) {
    command.add_option("--lang", text, help)->check(CLI::IsMember({"nl", "en"}));
  }
  // None: nobody said.
  std::optional<keyservice::Language> language() const {
    if (text.empty()) return std::nullopt;
    return text == "nl" ? keyservice::Language::kNl : keyservice::Language::kEn;
  }
};

}  // namespace kmaas::cli
