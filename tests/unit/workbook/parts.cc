#include "tests/unit/workbook/parts.h"

namespace kmaas::workbook {

std::vector<Part> Parts::All() const {
  const std::string main = kMain;
  std::map<std::string, std::string> all = {
      {"[Content_Types].xml",
       "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">" + types +
           "</Types>"},
      {"_rels/.rels", Relationships(Relate("rId1", "officeDocument", "xl/workbook.xml"))},
      {"xl/workbook.xml", "<workbook xmlns=\"" + main + "\" xmlns:r=\"" + kOffice + "\">" +
                              properties +
                              "<sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets>"
                              "</workbook>"},
      {"xl/_rels/workbook.xml.rels",
       Relationships(Relate("rId1", "worksheet", "worksheets/one.xml") + relationships)},
      {"xl/worksheets/one.xml", "<worksheet xmlns=\"" + main + "\">" + sheet + "</worksheet>"}};
  for (const auto& [name, content] : more) all[name] = content;
  std::vector<Part> parts;
  for (const auto& [name, content] : all) parts.push_back({name, content});
  return parts;
}

Outcome<Workbook> ReadParts(const Parts& parts, const Limits& limits) {
  return Read(parts.File(), limits);
}

std::string Refusing(ByteView file, const Limits& limits) {
  const auto read = Read(file, limits);
  return read ? "" : std::string(Name(read.error().why));
}

std::string Refusing(const Parts& parts, const Limits& limits) {
  return Refusing(parts.File(), limits);
}

Parts WithRows(const std::string& rows) {
  Parts parts;
  parts.sheet = "<sheetData>" + rows + "</sheetData>";
  return parts;
}

Parts WithCell(const std::string& cell) { return WithRows("<row r=\"1\">" + cell + "</row>"); }

std::string CellText(const std::string& cell, const Parts& parts) {
  Parts with = parts;
  with.sheet = WithCell(cell).sheet;
  const auto read = ReadParts(with);
  if (!read) return "[" + std::string(Name(read.error().why)) + "]";
  return read->sheets[0].cells.empty() ? "" : read->sheets[0].cells[0].text;
}

}  // namespace kmaas::workbook
