// Dutch or English, for what requesters read.
#pragma once

#include <CLI/CLI.hpp>

#include <map>
#include <string>

#include "keyservice/texts/text.h"

namespace kmaas::cli {

inline void AddLanguageOption(CLI::App& command, std::optional<keyservice::Language>& language,
                              const std::string& help) {
  static const std::map<std::string, keyservice::Language> kLanguages = {
      {"nl", keyservice::Language::kNl}, {"en", keyservice::Language::kEn}};
  command.add_option("--lang", language, help)
      ->transform(CLI::CheckedTransformer(kLanguages, CLI::ignore_case))
      ->type_name("nl|en");
}

}  // namespace kmaas::cli
