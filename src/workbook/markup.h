// Pieces of XML that a new workbook and a filled one write alike.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "workbook/dates.h"
#include "workbook/new_workbook.h"
#include "workbook/value.h"
#include "workbook/xml.h"

namespace kmaas::workbook {

// Namespaces, as the transitional kind has them.
inline constexpr const char* kSheetSpace =
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
inline constexpr const char* kOfficeSpace =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
inline constexpr const char* kCommentsType =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
inline constexpr const char* kDrawingType =
    "application/vnd.openxmlformats-officedocument.vmlDrawing";
inline constexpr std::string_view kDeclaration =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

// The <t> of a text. `prefix` with its colon, or empty.
void SetText(pugi::xml_node parent, const std::string& prefix, std::string_view text);
// Gives a cell a value, in place of what it had; its style stays. A text is an inline string, never
// a formula. Refuses texts that are too long or no UTF-8, and numbers and dates without a form.
Outcome<void> SetValue(pugi::xml_node cell, const std::string& prefix, const Value& value,
                       Epoch epoch);
void Set(pugi::xml_node node, const char* name, std::string_view value);

// The whole of a part, or its root, to append to.
// In the namespace of the sheet that they are of.
std::string EmptyComments(const std::string& space);
std::string EmptyDrawing();
// True where the cell had one, which is replaced.
bool AddComment(pugi::xml_node comments, const std::string& prefix, const Note& note);
void AddShape(pugi::xml_node drawing, const Note& note, std::size_t number);
Outcome<void> CheckText(std::string_view text);

}  // namespace kmaas::workbook
