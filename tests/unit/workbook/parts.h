// Workbooks made of parts, as a writer of them would, or somebody who means harm.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "workbook/archive_writer.h"
#include "workbook/reader.h"

namespace kmaas::workbook {

inline constexpr const char* kMain = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
inline constexpr const char* kOffice =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

// One relationship, the whole element.
inline std::string Relate(const std::string& id, const std::string& type, const std::string& target,
                          const std::string& more = "") {
  return "<Relationship Id=\"" + id + "\" Type=\"" + kOffice + "/" + type + "\" Target=\"" +
         target + "\"" + more + "/>";
}
inline std::string Relationships(const std::string& inside) {
  return "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" +
         inside + "</Relationships>";
}
inline std::string Override(const std::string& part, const std::string& type) {
  return "<Override PartName=\"/" + part + "\" ContentType=\"application/" + type + "\"/>";
}

// The parts of a small workbook with one sheet, S; a test changes what it is about.
struct Parts {
  std::string types =
      Override("xl/workbook.xml", "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml");
  std::string properties;                         // of the workbook
  std::string relationships;                      // of the workbook, more of them
  std::string sheet = "<sheetData></sheetData>";  // within the worksheet
  std::map<std::string, std::string> more;        // other parts, or these in other words

  std::vector<Part> All() const;
  Bytes File() const { return *WriteArchive(All()); }
};

Outcome<Workbook> ReadParts(const Parts& parts, const Limits& limits = {});
// The refusal, or "" where it is read.
std::string Refusing(const Parts& parts, const Limits& limits = {});
std::string Refusing(ByteView file, const Limits& limits = {});
// The first sheet with these rows.
Parts WithRows(const std::string& rows);
Parts WithCell(const std::string& cell);
// The one cell of a sheet as text, or its refusal in brackets.
std::string CellText(const std::string& cell, const Parts& parts = {});

}  // namespace kmaas::workbook
