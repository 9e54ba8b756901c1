#include "workbook/outline.h"

#include <set>

#include "workbook/hazards.h"
#include "workbook/text.h"

namespace kmaas::workbook {
namespace {

Refused At(Refusal why, std::string_view part, std::string_view sheet = "") {
  return {why, {.part = std::string(part), .sheet = std::string(sheet), .cell = {}}};
}

Outcome<std::string> FindWorkbook(Archive& archive, const ContentTypes& types,
                                  const Limits& limits) {
  KM_TRY(const auto relationships, ReadRelationships(archive, "", limits));
  const Relationship* main = FindType(relationships, "officeDocument");
  if (main == nullptr) return Refused{Refusal::kNotAWorkbook};
  if (!archive.Has(main->target)) return At(Refusal::kMissingPart, main->target);
  if (types.Of(main->target).find("spreadsheetml") == std::string::npos) {
    return Refused{Refusal::kNotAWorkbook};  // a document or a presentation
  }
  return main->target;
}

class Sheets {
 public:
  Sheets(const std::vector<Relationship>& relationships, const Limits& limits, Outline& outline)
      : relationships_(relationships), limits_(limits), outline_(outline) {}

  Outcome<void> Add(pugi::xml_node node) {
    const std::string_view raw = node.attribute("name").value();
    auto name = Clean(raw, limits_);
    if (!name || name->text.empty() || !names_.insert(LowerCase(name->text)).second) {
      return At(Refusal::kBadSheetName, outline_.workbook_part, name ? name->text : "");
    }
    const Relationship* target = Find(PrefixedAttribute(node, "id"));
    if (target == nullptr || target->external || !parts_.insert(LowerCase(target->target)).second) {
      return At(Refusal::kBadRelationship, outline_.workbook_part, name->text);
    }
    if (names_.size() > limits_.sheets) return Refused{Refusal::kTooManySheets};
    if (target->type == "chartsheet") return {};
    if (target->type != "worksheet") {
      return At(Refusal::kBadRelationship, outline_.workbook_part, name->text);
    }
    const std::string_view state = node.attribute("state").value();
    const bool visible = state.empty() || state == "visible";
    Sheet sheet;
    sheet.name = std::move(name->text);
    sheet.name_marks = name->marks;
    sheet.part = target->target;
    sheet.visibility = visible ? Visibility::kVisible : Visibility::kHidden;
    outline_.sheets.push_back(std::move(sheet));
    return {};
  }

 private:
  const Relationship* Find(std::string_view id) const {
    for (const Relationship& one : relationships_) {
      if (one.id == id) return &one;
    }
    return nullptr;
  }

  const std::vector<Relationship>& relationships_;
  const Limits& limits_;
  Outline& outline_;
  std::set<std::string> names_;
  std::set<std::string> parts_;
};

// What a person is given instead of a workbook, by what only that has.
Refused WhatElse(const Archive& archive) {
  if (archive.Has("xl/workbook.bin")) return At(Refusal::kBinaryWorkbook, "xl/workbook.bin");
  if (archive.Has("mimetype") && archive.Has("content.xml")) {
    return At(Refusal::kOpenDocument, "mimetype");
  }
  return Refused{Refusal::kNotAWorkbook};
}

}  // namespace

Outcome<Outline> ReadOutline(Archive& archive, const Limits& limits) {
  if (!archive.Has(kContentTypesPart)) return WhatElse(archive);
  Outline outline;
  KM_TRY(outline.types, ContentTypes::Read(archive, limits));
  KM_CHECK(RefuseHazards(archive, outline.types, limits));
  KM_TRY(outline.workbook_part, FindWorkbook(archive, outline.types, limits));
  KM_TRY(const auto relationships, ReadRelationships(archive, outline.workbook_part, limits));
  KM_TRY(Bytes bytes, archive.Inflate(outline.workbook_part));
  KM_TRY(const Xml xml, Xml::Parse(std::move(bytes), outline.workbook_part, limits,
                                   Vocabulary::kSheet, "workbook"));
  const auto properties = xml.Child(xml.root(), "workbookPr");
  if (IsTrue(properties.attribute("date1904"))) outline.epoch = Epoch::k1904;
  Sheets sheets(relationships, limits, outline);
  for (const pugi::xml_node node : xml.Child(xml.root(), "sheets").children()) {
    if (xml.Is(node, "sheet")) KM_CHECK(sheets.Add(node));
  }
  if (outline.sheets.empty()) return At(Refusal::kMissingPart, "worksheet");
  if (const auto* found = FindType(relationships, "sharedStrings")) {
    outline.shared_strings = found->target;
  }
  if (const auto* found = FindType(relationships, "styles")) outline.styles = found->target;
  return outline;
}

}  // namespace kmaas::workbook
