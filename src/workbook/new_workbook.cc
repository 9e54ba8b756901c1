#include "workbook/new_workbook.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "workbook/archive.h"
#include "workbook/archive_writer.h"
#include "workbook/markup.h"

namespace kmaas::workbook {
namespace {

constexpr std::size_t kStyles = 5;  // of Style; each stands twice in cellXfs, the second for dates

// Fonts, fills and borders by Style. Orange is for what has to be filled in, red for errors.
constexpr std::string_view kStylesPart =
    "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
    "<font><b/><color rgb=\"FFFFFFFF\"/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
    "<fills count=\"6\"><fill><patternFill patternType=\"none\"/></fill>"
    "<fill><patternFill patternType=\"gray125\"/></fill>"
    "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FF1F4E79\"/></patternFill></fill>"
    "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFFFF2CC\"/></patternFill></fill>"
    "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFF2F2F2\"/></patternFill></fill>"
    "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFFFC7CE\"/></patternFill></fill>"
    "</fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border>"
    "</borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" "
    "borderId=\"0\"/></cellStyleXfs>";

std::size_t StyleIndex(const NewCell& cell) {
  const auto date = std::get_if<DateTime>(&cell.value) != nullptr;
  return static_cast<std::size_t>(cell.style) + (date ? kStyles : 0);
}

std::string StylesPart() {
  std::ostringstream out;
  out << kDeclaration << "<styleSheet xmlns=\"" << kSheetSpace << "\">"
      << "<numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/></numFmts>"
      << kStylesPart << "<cellXfs count=\"" << 2 * kStyles << "\">";
  for (std::size_t index = 0; index < 2 * kStyles; ++index) {
    const std::size_t style = index % kStyles;
    out << "<xf numFmtId=\"" << (index < kStyles ? 0 : 164) << "\" fontId=\"" << (style == 1)
        << "\" fillId=\"" << (style == 0 ? 0 : style + 1)
        << "\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\"/>";
  }
  out << "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/>"
      << "</cellStyles></styleSheet>";
  return std::move(out).str();
}

std::string QuotedName(std::string_view sheet) {
  std::string quoted = "'";
  for (const char letter : sheet) {
    quoted += letter;
    if (letter == '\'') quoted += letter;
  }
  return quoted + "'";
}

std::string Absolute(CellRange range) {
  const auto corner = [](CellRef at) {
    return "$" + ColumnName(at.column) + "$" + std::to_string(at.row);
  };
  return corner(range.first) + ":" + corner(range.last);
}

bool IsOnSheet(CellRef at) {
  return at.row >= 1 && at.row <= kRowMax && at.column >= 1 && at.column <= kColumnMax;
}

class SheetWriter {
 public:
  explicit SheetWriter(const NewSheet& sheet) : sheet_(sheet) {
    root_ = document_.append_child("worksheet");
    Set(root_, "xmlns", kSheetSpace);
    Set(root_, "xmlns:r", kOfficeSpace);
  }

  Outcome<std::string> Run(bool first) {
    WriteView(first);
    WriteColumns();
    KM_CHECK(WriteCells());
    KM_CHECK(WriteChoices());
    if (!sheet_.notes.empty()) Set(root_.append_child("legacyDrawing"), "r:id", "rId2");
    std::ostringstream text;
    document_.save(text, "", pugi::format_raw | pugi::format_no_declaration);
    return std::string(kDeclaration) + std::move(text).str();
  }

 private:
  Refused No(Refusal why, CellRef at) const { return {why, {{}, sheet_.name, at}}; }

  void WriteView(bool first) {
    pugi::xml_node view = root_.append_child("sheetViews").append_child("sheetView");
    if (first) Set(view, "tabSelected", "1");
    Set(view, "workbookViewId", "0");
    if (sheet_.frozen_rows == 0 && sheet_.frozen_columns == 0) return;
    pugi::xml_node pane = view.append_child("pane");
    if (sheet_.frozen_columns > 0) Set(pane, "xSplit", std::to_string(sheet_.frozen_columns));
    if (sheet_.frozen_rows > 0) Set(pane, "ySplit", std::to_string(sheet_.frozen_rows));
    Set(pane, "topLeftCell", ToText(CellRef{sheet_.frozen_rows + 1, sheet_.frozen_columns + 1}));
    const char* active = sheet_.frozen_rows == 0      ? "topRight"
                         : sheet_.frozen_columns == 0 ? "bottomLeft"
                                                      : "bottomRight";
    Set(pane, "activePane", active);
    Set(pane, "state", "frozen");
  }

  void WriteColumns() {
    if (sheet_.column_widths.empty()) return;
    pugi::xml_node columns = root_.append_child("cols");
    for (std::size_t i = 0; i < sheet_.column_widths.size(); ++i) {
      pugi::xml_node column = columns.append_child("col");
      Set(column, "min", std::to_string(i + 1));
      Set(column, "max", std::to_string(i + 1));
      column.append_attribute("width") = sheet_.column_widths[i];
      Set(column, "customWidth", "1");
    }
  }

  Outcome<void> WriteCells() {
    std::map<CellRef, const NewCell*> ordered;
    for (const NewCell& cell : sheet_.cells) {
      if (!IsOnSheet(cell.at) || !ordered.emplace(cell.at, &cell).second) {
        return No(Refusal::kBadCellReference, cell.at);
      }
    }
    pugi::xml_node data = root_.append_child("sheetData");
    pugi::xml_node row;
    std::uint32_t number = 0;
    for (const auto& [at, cell] : ordered) {
      if (at.row != number) {
        row = data.append_child("row");
        Set(row, "r", std::to_string(number = at.row));
      }
      pugi::xml_node node = row.append_child("c");
      Set(node, "r", ToText(at));
      Set(node, "s", std::to_string(StyleIndex(*cell)));
      if (const auto set = SetValue(node, "", cell->value, Epoch::k1900); !set) {
        return No(set.error().why, at);
      }
    }
    return {};
  }

  Outcome<void> WriteChoices() {
    if (sheet_.choices.empty()) return {};
    pugi::xml_node all = root_.append_child("dataValidations");
    Set(all, "count", std::to_string(sheet_.choices.size()));
    for (const Choice& choice : sheet_.choices) {
      if (!CheckText(choice.error) || !CheckText(choice.error_title)) {
        return No(Refusal::kBadValue, choice.cells.first);
      }
      pugi::xml_node node = all.append_child("dataValidation");
      Set(node, "type", "list");
      Set(node, "allowBlank", "1");
      Set(node, "showErrorMessage", "1");
      Set(node, "errorTitle", choice.error_title);
      Set(node, "error", choice.error);
      Set(node, "sqref", ToText(choice.cells));
      const std::string list = QuotedName(choice.list_sheet) + "!" + Absolute(choice.list);
      node.append_child("formula1").text().set(list.c_str());
    }
    return {};
  }

  const NewSheet& sheet_;
  pugi::xml_document document_;
  pugi::xml_node root_;
};

std::string Saved(const pugi::xml_document& document) {
  std::ostringstream text;
  document.save(text, "", pugi::format_raw | pugi::format_no_declaration);
  return std::move(text).str();
}

Outcome<void> WriteNotes(const NewSheet& sheet, const std::string& number,
                         std::vector<Part>& parts) {
  pugi::xml_document comments;
  pugi::xml_document drawing;
  comments.load_string(EmptyComments(kSheetSpace).c_str());
  drawing.load_string(EmptyDrawing().c_str());
  std::size_t shape = 1025;
  for (const Note& note : sheet.notes) {
    if (!CheckText(note.text)) return Refused{Refusal::kBadValue, {{}, sheet.name, note.at}};
    (void)AddComment(comments.document_element(), "", note);
    AddShape(drawing.document_element(), note, shape++);
  }
  parts.push_back({"xl/comments" + number + ".xml", std::string(kDeclaration) + Saved(comments)});
  parts.push_back({"xl/drawings/vmlDrawing" + number + ".vml", Saved(drawing)});
  const std::string office = kOfficeSpace;
  parts.push_back(
      {"xl/worksheets/_rels/sheet" + number + ".xml.rels",
       std::string(kDeclaration) +
           "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
           "<Relationship Id=\"rId1\" Type=\"" +
           office + "/comments\" Target=\"../comments" + number +
           ".xml\"/><Relationship Id=\"rId2\" Type=\"" + office +
           "/vmlDrawing\" Target=\"../drawings/vmlDrawing" + number + ".vml\"/></Relationships>"});
  return {};
}

bool IsSheetName(std::string_view name) {
  return !name.empty() && name.size() <= 31 && CheckText(name).has_value() &&
         name.find_first_of("[]:*?/\\") == std::string_view::npos && name.front() != '\'' &&
         name.back() != '\'' && std::ranges::none_of(name, [](char c) { return c >= 0 && c < 32; });
}

// The parts that name the others.
class Frame {
 public:
  explicit Frame(const NewWorkbook& workbook) : workbook_(workbook) {}

  std::string Types() const {
    const std::string kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
    std::string out(kDeclaration);
    out +=
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
        "<Default Extension=\"rels\" "
        "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
        "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
        "<Default Extension=\"vml\" ContentType=\"" +
        std::string(kDrawingType) + "\"/>";
    const auto add = [&out](const std::string& part, const std::string& type) {
      out += "<Override PartName=\"/xl/" + part + "\" ContentType=\"" + type + "\"/>";
    };
    add("workbook.xml", kind + "sheet.main+xml");
    add("styles.xml", kind + "styles+xml");
    for (std::size_t i = 0; i < workbook_.sheets.size(); ++i) {
      const std::string number = std::to_string(i + 1);
      add("worksheets/sheet" + number + ".xml", kind + "worksheet+xml");
      if (!workbook_.sheets[i].notes.empty()) add("comments" + number + ".xml", kCommentsType);
    }
    return out + "</Types>";
  }

  std::string Workbook() const {
    pugi::xml_document document;
    pugi::xml_node root = document.append_child("workbook");
    Set(root, "xmlns", kSheetSpace);
    Set(root, "xmlns:r", kOfficeSpace);
    root.append_child("bookViews")
        .append_child("workbookView");  // what the views of sheets belong to
    pugi::xml_node sheets = root.append_child("sheets");
    for (std::size_t i = 0; i < workbook_.sheets.size(); ++i) {
      pugi::xml_node sheet = sheets.append_child("sheet");
      Set(sheet, "name", workbook_.sheets[i].name);
      Set(sheet, "sheetId", std::to_string(i + 1));
      if (workbook_.sheets[i].visibility == Visibility::kHidden) Set(sheet, "state", "hidden");
      Set(sheet, "r:id", "rId" + std::to_string(i + 1));
    }
    return std::string(kDeclaration) + Saved(document);
  }

  std::string Relationships() const {
    std::string out = Start();
    for (std::size_t i = 1; i <= workbook_.sheets.size(); ++i) {
      const std::string number = std::to_string(i);
      out += One("rId" + number, "worksheet", "worksheets/sheet" + number + ".xml");
    }
    return out + One("rIdStyles", "styles", "styles.xml") + "</Relationships>";
  }

  static std::string Root() {
    return Start() + One("rId1", "officeDocument", "xl/workbook.xml") + "</Relationships>";
  }

 private:
  static std::string Start() {
    return std::string(kDeclaration) +
           "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
  }
  static std::string One(const std::string& id, const std::string& type,
                         const std::string& target) {
    return "<Relationship Id=\"" + id + "\" Type=\"" + kOfficeSpace + "/" + type + "\" Target=\"" +
           target + "\"/>";
  }

  const NewWorkbook& workbook_;
};

}  // namespace

Outcome<Bytes> Write(const NewWorkbook& workbook) {
  std::set<std::string> names;
  for (const NewSheet& sheet : workbook.sheets) {
    if (!IsSheetName(sheet.name) || !names.insert(LowerCase(sheet.name)).second) {
      return Refused{Refusal::kBadSheetName, {{}, sheet.name, {}}};
    }
  }
  if (names.empty()) return Refused{Refusal::kMissingPart};
  const Frame frame(workbook);
  std::vector<Part> parts = {{"[Content_Types].xml", frame.Types()},
                             {"_rels/.rels", Frame::Root()},
                             {"xl/workbook.xml", frame.Workbook()},
                             {"xl/_rels/workbook.xml.rels", frame.Relationships()},
                             {"xl/styles.xml", StylesPart()}};
  for (std::size_t i = 0; i < workbook.sheets.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    KM_TRY(std::string sheet, SheetWriter(workbook.sheets[i]).Run(i == 0));
    parts.push_back({"xl/worksheets/sheet" + number + ".xml", std::move(sheet)});
    if (!workbook.sheets[i].notes.empty()) {
      KM_CHECK(WriteNotes(workbook.sheets[i], number, parts));
    }
  }
  return WriteArchive(parts);
}

}  // namespace kmaas::workbook
