#include "workbook/markup.h"

#include <cmath>

#include "base/encoding.h"
#include "workbook/cell_value.h"
#include "workbook/text.h"

namespace kmaas::workbook {
namespace {

constexpr std::size_t kTextBytesMax = 32'767;

pugi::xml_node Append(pugi::xml_node parent, const std::string& prefix, const char* local) {
  return parent.append_child((prefix + local).c_str());
}

}  // namespace

void Set(pugi::xml_node node, const char* name, std::string_view value) {
  pugi::xml_attribute attribute = node.attribute(name);
  if (!attribute) attribute = node.append_attribute(name);
  attribute.set_value(std::string(value).c_str());
}

Outcome<void> CheckText(std::string_view text) {
  if (text.size() > kTextBytesMax) return Refused{Refusal::kTooMuchText};
  if (!IsUtf8(text) || text.find('\0') != std::string_view::npos) {
    return Refused{Refusal::kBadValue};
  }
  return {};
}

void SetText(pugi::xml_node parent, const std::string& prefix, std::string_view text) {
  pugi::xml_node node = Append(parent, prefix, "t");
  Set(node, "xml:space", "preserve");
  node.append_child(pugi::node_pcdata).set_value(EscapeControls(text).c_str());
}

Outcome<void> SetValue(pugi::xml_node cell, const std::string& prefix, const Value& value,
                       Epoch epoch) {
  for (const char* local : {"v", "f", "is"}) cell.remove_child((prefix + local).c_str());
  cell.remove_attribute("t");
  if (const auto* text = std::get_if<std::string>(&value)) {
    KM_CHECK(CheckText(*text));
    Set(cell, "t", "inlineStr");
    SetText(Append(cell, prefix, "is"), prefix, *text);
    return {};
  }
  std::string stored;
  if (const auto* number = std::get_if<double>(&value)) {
    if (!std::isfinite(*number)) return Refused{Refusal::kBadValue};
    stored = NumberText(*number);
  } else if (const auto* yes = std::get_if<bool>(&value)) {
    Set(cell, "t", "b");
    stored = *yes ? "1" : "0";
  } else if (const auto* date = std::get_if<DateTime>(&value)) {
    const auto serial = ToSerial(*date, epoch);
    if (!serial) return Refused{Refusal::kBadValue};
    stored = NumberText(*serial);
  } else {
    return {};
  }
  Append(cell, prefix, "v").append_child(pugi::node_pcdata).set_value(stored.c_str());
  return {};
}

std::string EmptyComments(const std::string& space) {
  return std::string(kDeclaration) + "<comments xmlns=\"" + space +
         "\"><authors><author/></authors><commentList/></comments>";
}

std::string EmptyDrawing() {
  return "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" "
         "xmlns:o=\"urn:schemas-microsoft-com:office:office\" "
         "xmlns:x=\"urn:schemas-microsoft-com:office:excel\">"
         "<v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" "
         "path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/>"
         "<v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype></xml>";
}

bool AddComment(pugi::xml_node comments, const std::string& prefix, const Note& note) {
  pugi::xml_node list = comments.child((prefix + "commentList").c_str());
  const std::string name = prefix + "comment";
  const std::string at = ToText(note.at);
  const auto before = list.find_child_by_attribute(name.c_str(), "ref", at.c_str());
  if (before) list.remove_child(before);
  pugi::xml_node comment = list.append_child(name.c_str());
  Set(comment, "ref", at);
  Set(comment, "authorId", "0");
  SetText(Append(comment, prefix, "text"), prefix, note.text);
  return static_cast<bool>(before);
}

void AddShape(pugi::xml_node drawing, const Note& note, std::size_t number) {
  const std::string row = std::to_string(note.at.row - 1);
  const std::string column = std::to_string(note.at.column - 1);
  pugi::xml_node shape = drawing.append_child("v:shape");
  // Declared here: what the drawing calls these namespaces is its writer's affair.
  Set(shape, "xmlns:v", "urn:schemas-microsoft-com:vml");
  Set(shape, "xmlns:o", "urn:schemas-microsoft-com:office:office");
  Set(shape, "xmlns:x", "urn:schemas-microsoft-com:office:excel");
  Set(shape, "id", "_x0000_s" + std::to_string(number));
  Set(shape, "type", "#_x0000_t202");
  Set(shape, "style", "position:absolute;width:220pt;height:90pt;z-index:1;visibility:hidden");
  Set(shape, "fillcolor", "#ffffe1");
  Set(shape, "o:insetmode", "auto");
  Set(shape.append_child("v:fill"), "color2", "#ffffe1");
  Set(shape.append_child("v:path"), "o:connecttype", "none");
  pugi::xml_node data = shape.append_child("x:ClientData");
  Set(data, "ObjectType", "Note");
  data.append_child("x:MoveWithCells");
  data.append_child("x:SizeWithCells");
  const std::string anchor = std::to_string(note.at.column) + ", 15, " + row + ", 2, " +
                             std::to_string(note.at.column + 3) + ", 15, " +
                             std::to_string(note.at.row + 4) + ", 16";
  data.append_child("x:Anchor").text().set(anchor.c_str());
  data.append_child("x:AutoFill").text().set("False");
  data.append_child("x:Row").text().set(row.c_str());
  data.append_child("x:Column").text().set(column.c_str());
}

}  // namespace kmaas::workbook
