// Adds notes to cells of a sheet: their texts, the shapes that show them, and what names both.
#pragma once

#include <string>
#include <vector>

#include "workbook/archive_writer.h"
#include "workbook/markup.h"
#include "workbook/outline.h"
#include "workbook/sheet_editor.h"

namespace kmaas::workbook {

struct NoteSheet {
  Archive& archive;
  const std::string& part;
  const std::string& space;  // the namespace of the sheet
  const Limits& limits;
};

// Appends the changed and new parts to `parts`; the sheet's own is changed by `editor`.
Outcome<void> AddNotes(const NoteSheet& sheet, const std::vector<Note>& notes, SheetEditor& editor,
                       std::vector<Part>& parts);

}  // namespace kmaas::workbook
