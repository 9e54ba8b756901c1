#include "workbook/reader.h"

#include "workbook/archive.h"
#include "workbook/outline.h"
#include "workbook/shared_strings.h"
#include "workbook/sheet_reader.h"

namespace kmaas::workbook {
namespace {

Outcome<DateStyles> ReadDateStyles(Archive& archive, const Outline& outline, const Limits& limits) {
  if (!outline.styles) return DateStyles{};
  KM_TRY(Bytes bytes, archive.Inflate(*outline.styles));
  KM_TRY(const Xml xml,
         Xml::Parse(std::move(bytes), *outline.styles, limits, Vocabulary::kSheet, "styleSheet"));
  return DateStyles::From(xml);
}

}  // namespace

Outcome<Workbook> Read(ByteView file, const Limits& limits) {
  KM_TRY(Archive archive, Archive::Open(file, limits));
  KM_TRY(Outline outline, ReadOutline(archive, limits));
  KM_TRY(const DateStyles dates, ReadDateStyles(archive, outline, limits));
  std::vector<CleanText> strings;
  if (outline.shared_strings) {
    KM_TRY(strings, ReadSharedStrings(archive, *outline.shared_strings, limits));
  }
  SheetContext context{strings, dates, outline.epoch, limits};
  for (Sheet& sheet : outline.sheets) {
    KM_TRY(Bytes bytes, archive.Inflate(sheet.part));
    KM_TRY(const Xml xml,
           Xml::Parse(std::move(bytes), sheet.part, limits, Vocabulary::kSheet, "worksheet"));
    KM_CHECK(ReadCells(xml, context, sheet));
  }
  return Workbook{std::move(outline.sheets), outline.epoch == Epoch::k1904};
}

}  // namespace kmaas::workbook
