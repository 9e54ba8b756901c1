#include "workbook/fill.h"

#include <algorithm>
#include <map>

#include "workbook/archive_writer.h"
#include "workbook/note_editor.h"
#include "workbook/outline.h"
#include "workbook/reader.h"
#include "workbook/sheet_editor.h"
#include "workbook/style_editor.h"

namespace kmaas::workbook {
namespace {

using Ordered = std::map<CellRef, CellChange>;

bool IsDate(const CellChange& change) {
  return change.value && std::get_if<DateTime>(&*change.value) != nullptr;
}

// Before anything is changed.
Outcome<Ordered> Check(const Sheet& sheet, const std::vector<CellChange>& changes) {
  Ordered ordered;
  for (const CellChange& change : changes) {
    const Place place{sheet.part, sheet.name, change.at};
    if (change.at.row < 1 || change.at.row > kRowMax || change.at.column < 1 ||
        change.at.column > kColumnMax) {
      return Refused{Refusal::kBadCellReference, place};
    }
    const Cell* cell = sheet.Find(change.at);
    const bool calculated =
        (cell != nullptr && cell->kind == CellKind::kFormula) ||
        std::ranges::any_of(sheet.calculated, [&change](const CellRange& range) {
          return range.Contains(change.at);
        });
    if (change.value && calculated) {
      return Refused{Refusal::kFormulaThere, place};
    }
    if (const auto good = CheckText(change.note); !good) return Refused{good.error().why, place};
    ordered.insert_or_assign(change.at, change);
  }
  return ordered;
}

class Filling {
 public:
  Filling(Archive& archive, const Outline& outline, const Sheet& sheet, const Limits& limits)
      : archive_(archive), outline_(outline), sheet_(sheet), limits_(limits) {}

  Outcome<std::vector<Part>> Run(const Ordered& changes) {
    KM_TRY(Bytes bytes, archive_.Inflate(sheet_.part));
    KM_TRY(Xml xml, Xml::Parse(std::move(bytes), sheet_.part, limits_, Vocabulary::kSheet,
                               "worksheet", XmlUse::kEdit));
    // Every sheet has a place for cells, and what has none is not made one.
    if (!xml.Child(xml.root(), "sheetData")) {
      return Refused{Refusal::kUnexpectedXml, {sheet_.part, sheet_.name, {}}};
    }
    SheetEditor editor(xml);
    KM_CHECK(ChangeCells(xml, editor, changes));
    std::vector<Note> notes;
    for (const auto& [at, change] : changes) {
      if (!change.note.empty()) notes.push_back({at, change.note});
    }
    const std::string space = xml.space();
    KM_CHECK(AddNotes({archive_, sheet_.part, space, limits_}, notes, editor, parts_));
    parts_.push_back({sheet_.part, xml.ToText()});
    return std::move(parts_);
  }

 private:
  Outcome<void> ChangeCells(Xml& xml, SheetEditor& editor, const Ordered& changes) {
    std::optional<Xml> styles;
    const bool styled = std::ranges::any_of(
        changes, [](const auto& one) { return one.second.style || IsDate(one.second); });
    if (styled) {
      KM_TRY(styles, OpenStyles());
    }
    std::optional<StyleEditor> style_editor;
    if (styles) style_editor.emplace(*styles);
    for (const auto& [at, change] : changes) {
      if (!change.value && !change.style) continue;
      pugi::xml_node cell = editor.Cell(at);
      if (change.value) {
        const auto set = SetValue(cell, xml.Qualified(""), *change.value, outline_.epoch);
        if (!set) return Refused{set.error().why, {sheet_.part, sheet_.name, at}};
      }
      if (!style_editor) continue;
      const auto shows =
          IsDate(change) ? StyleEditor::Shows::kDates : StyleEditor::Shows::kAsBefore;
      const std::uint32_t base = cell.attribute("s").as_uint();
      const std::uint32_t like = style_editor->Like(base, change.style, shows);
      if (like != base) Set(cell, "s", std::to_string(like));
    }
    if (styles) parts_.push_back({*outline_.styles, styles->ToText()});
    return {};
  }

  Outcome<Xml> OpenStyles() {
    if (!outline_.styles) return Refused{Refusal::kMissingPart, {"styles", {}, {}}};
    KM_TRY(Bytes bytes, archive_.Inflate(*outline_.styles));
    return Xml::Parse(std::move(bytes), *outline_.styles, limits_, Vocabulary::kSheet, "styleSheet",
                      XmlUse::kEdit);
  }

  Archive& archive_;
  const Outline& outline_;
  const Sheet& sheet_;
  const Limits& limits_;
  std::vector<Part> parts_;
};

}  // namespace

Outcome<Bytes> Fill(ByteView file, std::string_view sheet_name,
                    const std::vector<CellChange>& changes, const Limits& limits) {
  KM_TRY(const Workbook workbook, Read(file, limits));
  const Sheet* sheet = workbook.Find(sheet_name);
  if (sheet == nullptr) {
    return Refused{Refusal::kNoSuchSheet, {{}, std::string(sheet_name), {}}};
  }
  KM_TRY(const Ordered ordered, Check(*sheet, changes));
  KM_TRY(Archive archive, Archive::Open(file, limits));
  KM_TRY(const Outline outline, ReadOutline(archive, limits));
  KM_TRY(std::vector<Part> parts, Filling(archive, outline, *sheet, limits).Run(ordered));
  for (Part& part : parts) {
    // The entry that is there, however it writes the name.
    const auto there = archive.entries().find(LowerCase(part.name));
    if (there != archive.entries().end()) part.name = there->second.name;
  }
  return ReplaceParts(file, parts);
}

}  // namespace kmaas::workbook
