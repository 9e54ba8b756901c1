// The template of the shipped class table, filled in as a test wants it.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "requestsheet/reading.h"
#include "requestsheet/request_template.h"
#include "workbook/fill.h"
#include "workbook/reader.h"

namespace kmaas::requestsheet {

using keyservice::Column;
using keyservice::Language;
using Cells = std::map<Column, workbook::Value>;

inline constexpr std::uint32_t kFirstRow = 4;

inline const keyservice::ClassTable& Shipped() {
  static const keyservice::ClassTable table = [] {
    std::ifstream file(std::string(KMAAS_SOURCE_DIR) + "/config/classes.yaml");
    std::ostringstream text;
    text << file.rdbuf();
    return keyservice::ParseClassTable(text.str(), "classes.yaml").value();
  }();
  return table;
}

inline Bytes Template(Language language = Language::kNl) {
  return Write(RequestTemplate(Shipped(), language)).value();
}

// The column's place in the template.
inline workbook::CellRef At(std::uint32_t row, Column column) {
  return {row, static_cast<std::uint32_t>(column) + 1};
}

inline Bytes Filled(const std::vector<Cells>& rows, Language language = Language::kNl) {
  std::vector<workbook::CellChange> changes;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    for (const auto& [column, value] : rows[i])
      changes.push_back({At(kFirstRow + i, column), value, {}, {}});
  }
  const char* sheet = language == Language::kNl ? "Aanvraag" : "Request";
  return Fill(Template(language), sheet, changes).value();
}

inline RequestSheet Request(ByteView file) { return std::get<RequestSheet>(ReadRequest(file)); }

// Why a file is refused; empty when it is not.
inline std::string ProblemName(ByteView file) {
  const auto read = ReadRequest(file);
  const auto* problem = std::get_if<Problem>(&read);
  return problem == nullptr ? "" : std::string(problem->name);
}

}  // namespace kmaas::requestsheet
