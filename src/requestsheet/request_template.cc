#include "requestsheet/request_template.h"

#include <algorithm>

#include "keyservice/rows/words.h"
#include "requestsheet/column_notes.h"
#include "requestsheet/reading.h"
#include "requestsheet/sheet_names.h"

namespace kmaas::requestsheet {
namespace {

using keyservice::Column;
using keyservice::ColumnFacts;
using keyservice::Language;
using keyservice::Presence;
using keyservice::Text;
using workbook::CellRange;
using workbook::CellRef;
using workbook::NewSheet;
using workbook::Style;

constexpr std::uint32_t kHeaderRow = 3;
constexpr std::uint32_t kFirstRow = kHeaderRow + 1;
constexpr std::uint32_t kLastRow = kHeaderRow + kRowsMax;
constexpr std::uint32_t kFrozenColumns = 1;
constexpr int kSequenceMax = 9;  // in the list
constexpr double kWidth = 18;
constexpr double kWideWidth = 32;
constexpr double kTextWidth = 100;

constexpr Text kTitle{"Aanvraag van sleutels", "Request for keys"};
constexpr Text kInstruction{
    "Vul vanaf rij {0} één rij per sleutel in. Gele kolommen zijn verplicht; het blad {1} legt "
    "elke kolom uit. Grijze kolommen vult de dienst in.",
    "From row {0} on, fill in one row for each key. Yellow columns are mandatory; the sheet {1} "
    "explains each column. Grey columns are filled in by the service."};
constexpr Text kNotInList{"Niet in de lijst", "Not in the list"};
constexpr Text kChooseFromList{"Kies een waarde uit de lijst.", "Choose a value from the list."};
constexpr Text kColumn{"Kolom", "Column"};
constexpr Text kPresence{"Verplicht", "Mandatory"};
constexpr Text kMeaning{"Uitleg", "Explanation"};
constexpr Text kYes{"ja", "yes"};
constexpr Text kByClass{"volgens klasse", "by class"};
constexpr Text kNo{"neen", "no"};
constexpr Text kByService{"dienst", "service"};

struct List {
  Column column;
  bool single;  // else a cell may hold several, and no list confines it
  std::vector<std::string> values;
};

template <class Enum>
std::vector<std::string> Words(std::span<const keyservice::Word<Enum>> words, Language language) {
  std::vector<std::string> texts;
  for (const auto& word : words) texts.emplace_back(word.text.In(language));
  return texts;
}

std::vector<std::string> Purposes(Language language) {
  std::vector<std::string> texts = Words(keyservice::PurposeWords(), language);
  const std::vector<std::string> first = texts;
  for (const std::string& purpose : first) {
    for (int sequence = 2; sequence <= kSequenceMax; ++sequence)
      texts.push_back(purpose + "-0" + std::to_string(sequence));
  }
  return texts;
}

std::vector<List> Lists(const keyservice::ClassTable& table, Language language) {
  std::vector<std::string> environments;
  for (const auto& one : table.environments) environments.push_back(one.name);
  std::vector<std::string> classes;
  for (int one = keyservice::kClassMin; one <= keyservice::kClassMax; ++one)
    classes.push_back(std::to_string(one));
  const auto specs = keyservice::KeySpecNames();
  return {{Column::kAction, true, Words(keyservice::ActionWords(), language)},
          {Column::kEnvironment, true, environments},
          {Column::kConfidentiality, true, classes},
          {Column::kIntegrity, true, classes},
          {Column::kPersonalData, true, Words(keyservice::PersonalDataWords(), language)},
          {Column::kPurpose, true, Purposes(language)},
          {Column::kKeySpec, true, {specs.begin(), specs.end()}},
          {Column::kServices, false, Words(keyservice::ServiceWords(), language)},
          {Column::kPlatform, true, Words(keyservice::PlatformWords(), language)},
          {Column::kHsmResident, true, Words(keyservice::YesNoWords(), language)}};
}

std::uint32_t PlaceOf(Column column) { return static_cast<std::uint32_t>(column) + 1; }
std::string In(const Text& text, Language language) { return std::string(text.In(language)); }

NewSheet ListsSheet(const std::vector<List>& lists, Language language) {
  NewSheet sheet{.name = In(kListsSheet, language), .frozen_rows = 1};
  std::uint32_t column = 1;
  for (const List& list : lists) {
    sheet.column_widths.push_back(kWidth);
    sheet.cells.push_back(
        {{1, column}, In(keyservice::FactsOf(list.column).header, language), Style::kHeader});
    for (std::uint32_t i = 0; i < list.values.size(); ++i)
      sheet.cells.push_back({{i + 2, column}, list.values[i]});
    ++column;
  }
  return sheet;
}

void AddColumns(NewSheet& sheet, Language language) {
  for (const ColumnFacts& facts : keyservice::Columns()) {
    const std::uint32_t column = PlaceOf(facts.column);
    sheet.column_widths.push_back(facts.column == Column::kAdministrators ||
                                          facts.column == Column::kUsers ||
                                          facts.column == Column::kError
                                      ? kWideWidth
                                      : kWidth);
    sheet.cells.push_back({{kHeaderRow, column}, In(facts.header, language), Style::kHeader});
    sheet.notes.push_back({{kHeaderRow, column}, In(NoteOf(facts.column), language)});
    if (facts.presence != Presence::kMandatory && facts.presence != Presence::kOutput) continue;
    const Style style =
        facts.presence == Presence::kMandatory ? Style::kRequired : Style::kOptional;
    for (std::uint32_t row = kFirstRow; row <= kLastRow; ++row)
      sheet.cells.push_back({{row, column}, std::monostate(), style});
  }
}

void AddChoices(NewSheet& sheet, const std::vector<List>& lists, Language language) {
  for (std::uint32_t i = 0; i < lists.size(); ++i) {
    if (!lists[i].single) continue;
    const std::uint32_t column = PlaceOf(lists[i].column);
    sheet.choices.push_back(
        {.cells = {{kFirstRow, column}, {kLastRow, column}},
         .list_sheet = In(kListsSheet, language),
         .list = {{2, i + 1}, {static_cast<std::uint32_t>(lists[i].values.size()) + 1, i + 1}},
         .error_title = In(kNotInList, language),
         .error = In(kChooseFromList, language)});
  }
}

NewSheet RequestSheetOf(const std::vector<List>& lists, Language language) {
  NewSheet sheet{.name = In(kRequestSheet, language),
                 .frozen_rows = kHeaderRow,
                 .frozen_columns = kFrozenColumns};
  const std::vector<std::string> places = {std::to_string(kFirstRow),
                                           In(kExplanationSheet, language)};
  sheet.cells.push_back({{1, 1}, In(kTitle, language), Style::kHeader});
  sheet.cells.push_back({{2, 1}, Fill(kInstruction, language, places)});
  AddColumns(sheet, language);
  AddChoices(sheet, lists, language);
  return sheet;
}

const Text& PresenceText(Presence presence) {
  switch (presence) {
    case Presence::kMandatory:
      return kYes;
    case Presence::kByRule:
      return kByClass;
    case Presence::kOptional:
      return kNo;
    case Presence::kOutput:
      return kByService;
  }
  return kNo;
}

NewSheet ExplanationSheet(Language language) {
  NewSheet sheet{.name = In(kExplanationSheet, language),
                 .column_widths = {kWideWidth, kWidth, kTextWidth},
                 .frozen_rows = 1};
  const Text headers[] = {kColumn, kPresence, kMeaning};
  for (std::uint32_t i = 0; i < std::size(headers); ++i)
    sheet.cells.push_back({{1, i + 1}, In(headers[i], language), Style::kHeader});
  for (const ColumnFacts& facts : keyservice::Columns()) {
    const std::uint32_t row = PlaceOf(facts.column) + 1;
    sheet.cells.push_back({{row, 1}, In(facts.header, language)});
    sheet.cells.push_back({{row, 2}, In(PresenceText(facts.presence), language)});
    sheet.cells.push_back({{row, 3}, In(NoteOf(facts.column), language)});
  }
  return sheet;
}

}  // namespace

workbook::NewWorkbook RequestTemplate(const keyservice::ClassTable& table, Language language) {
  const std::vector<List> lists = Lists(table, language);
  return {.sheets = {RequestSheetOf(lists, language), ListsSheet(lists, language),
                     ExplanationSheet(language)}};
}

}  // namespace kmaas::requestsheet
