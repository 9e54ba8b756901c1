// What is wrong with a request as a whole: nothing of it can be judged.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "keyservice/texts/text.h"
#include "workbook/outcome.h"

namespace kmaas::requestsheet {

struct Problem {
  std::string_view name;                   // for JSON and logs; never translated
  const keyservice::Text* text = nullptr;  // of the tables in problem.cc
  std::vector<std::string> arguments = {};

  std::string In(keyservice::Language language) const {
    return keyservice::Fill(*text, language, arguments);
  }
};

// What a workbook is refused for, worded for whoever sent it. Places inside of the archive are left
// out: who made the file to harm has chosen them.
Problem ProblemOf(const workbook::Refused& refused);

Problem NoRequestSheet();
Problem HiddenRequestSheet(std::string sheet);
Problem TwoRequestSheets(std::string one, std::string other);
Problem TwoHeaderRows(std::uint32_t one, std::uint32_t other);
Problem BadHeader(std::string at);
Problem MissingColumns(std::string names);
Problem ColumnTwice(std::string name, std::string one, std::string other);
Problem TooManyRows(int rows, int rows_max);
Problem NoRows(std::string sheet);

}  // namespace kmaas::requestsheet
