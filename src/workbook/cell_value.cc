#include "workbook/cell_value.h"

#include <array>
#include <charconv>
#include <cmath>

#include "workbook/shared_strings.h"

namespace kmaas::workbook {
namespace {

using Content = Outcome<std::optional<Cell>>;

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

template <class Number>
std::optional<Number> Parse(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

Content Text(CleanText text) {
  if (text.text.empty()) return std::optional<Cell>{};
  Cell cell;
  cell.kind = CellKind::kText;
  cell.text = std::move(text.text);
  cell.marks = text.marks;
  return std::optional<Cell>{std::move(cell)};
}

Content RawText(std::string_view raw, CellKind kind, const Limits& limits) {
  KM_TRY(CleanText clean, Clean(raw, limits));
  KM_TRY(auto cell, Text(std::move(clean)));
  if (cell) cell->kind = kind;
  return cell;
}

Content Shared(std::string_view index, const SheetContext& context) {
  const auto at = Parse<std::uint32_t>(index);
  if (!at || *at >= context.strings.size()) return Refused{Refusal::kBadValue};
  // Counted before it is copied: one long text may be in very many cells.
  if (context.text_bytes + context.strings[*at].text.size() > context.limits.all_text_bytes) {
    return Refused{Refusal::kTooMuchText};
  }
  return Text(context.strings[*at]);
}

Content Boolean(std::string_view text) {
  const bool yes = text == "1" || text == "true";
  if (!yes && text != "0" && text != "false") return Refused{Refusal::kBadValue};
  Cell cell;
  cell.kind = CellKind::kBoolean;
  cell.text = yes ? "TRUE" : "FALSE";
  cell.number = yes ? 1 : 0;
  return std::optional<Cell>{std::move(cell)};
}

Content Date(const std::optional<DateTime>& date, std::string_view raw) {
  Cell cell;
  cell.kind = date ? CellKind::kDate : CellKind::kBadDate;
  cell.text = date ? ToText(*date) : std::string(raw);
  if (date) cell.date = *date;
  return std::optional<Cell>{std::move(cell)};
}

Content Number(std::string_view text, std::uint32_t style, const SheetContext& context) {
  const auto number = Parse<double>(text);
  if (!number || !std::isfinite(*number)) return Refused{Refusal::kBadValue};
  if (context.dates.Has(style)) {
    KM_TRY(auto cell, Date(FromSerial(*number, context.epoch), NumberText(*number)));
    cell->number = *number;
    return cell;
  }
  Cell cell;
  cell.kind = CellKind::kNumber;
  cell.number = *number;
  cell.text = NumberText(*number);
  return std::optional<Cell>{std::move(cell)};
}

// Only what a cell may hold; whatever else stood there would be seen by some readers alone.
bool HasOnlyKnown(const Xml& xml, pugi::xml_node node) {
  for (const pugi::xml_node child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    if (xml.Rebinds(child)) return false;
    if (!xml.Is(child, "v") && !xml.Is(child, "f") && !xml.Is(child, "is") &&
        !xml.Is(child, "extLst")) {
      return false;
    }
  }
  return true;
}

Content OfType(std::string_view type, std::string_view raw, std::uint32_t style,
               const SheetContext& context) {
  if (type == "str") return RawText(raw, CellKind::kText, context.limits);
  const std::string_view text = Trimmed(raw);
  if (text.empty()) return std::optional<Cell>{};
  // Of these none is as long; a long one would be copied.
  if (text.size() > 400) return Refused{Refusal::kBadValue};
  if (type == "s") return Shared(text, context);
  if (type == "b") return Boolean(text);
  if (type == "e") return RawText(text, CellKind::kError, context.limits);
  if (type == "d") return Date(ParseIsoDate(text), text);
  if (type.empty() || type == "n") return Number(text, style, context);
  return Refused{Refusal::kBadValue};
}

}  // namespace

std::string NumberText(double number) {
  std::array<char, 400> text;
  const double whole = number == 0 ? 0 : number;  // no -0
  const auto format =
      std::abs(whole) < 1e15 ? std::chars_format::fixed : std::chars_format::general;
  const auto written = std::to_chars(text.data(), text.data() + text.size(), whole, format);
  return {text.data(), written.ptr};
}

Content ReadCellValue(const Xml& xml, pugi::xml_node node, const SheetContext& context) {
  if (!HasOnlyKnown(xml, node)) return Refused{Refusal::kUnexpectedXml};
  if (xml.Child(node, "f")) {
    Cell cell;
    cell.kind = CellKind::kFormula;
    return std::optional<Cell>{std::move(cell)};
  }
  const std::string_view type = node.attribute("t").value();
  if (type == "inlineStr") {
    return RawText(JoinRuns(xml, xml.Child(node, "is")), CellKind::kText, context.limits);
  }
  return OfType(type, TextOf(xml.Child(node, "v")), node.attribute("s").as_uint(), context);
}

}  // namespace kmaas::workbook
