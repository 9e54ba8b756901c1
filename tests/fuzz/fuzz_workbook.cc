// Workbooks: the first letter says whether the rest is a file or one of the parts of a file that is
// whole otherwise. What can be read can be filled, and is what it was but for the cell: of parts,
// one in eight, because to fill costs ten times as much as to read.
#include <cstdlib>
#include <string>

#include "tests/fuzz/stored_archive.h"
#include "tests/unit/workbook/parts.h"
#include "workbook/fill.h"

namespace {

using namespace kmaas::workbook;

Parts With(char kind, const std::string& text) {
  Parts parts;
  parts.relationships =
      Relate("rId2", "sharedStrings", "strings.xml") + Relate("rId3", "styles", "styles.xml");
  const std::string open = std::string(" xmlns=\"") + kMain + "\">";
  parts.more["xl/strings.xml"] = "<sst" + open + "<si><t>text</t></si></sst>";
  parts.more["xl/styles.xml"] = "<styleSheet" + open + "</styleSheet>";
  if (kind == 's') parts.sheet = text;
  if (kind == 't') parts.more["xl/strings.xml"] = "<sst" + open + text + "</sst>";
  if (kind == 'y') parts.more["xl/styles.xml"] = "<styleSheet" + open + text + "</styleSheet>";
  if (kind == 'w') parts.more["xl/workbook.xml"] = text;
  if (kind == 'r') parts.more["xl/_rels/workbook.xml.rels"] = text;
  return parts;
}

kmaas::Bytes Stored(const Parts& parts) {
  kmaas::fuzz::StoredArchive archive;
  for (const Part& part : parts.All()) archive.Add(part);
  return archive.File();
}

void Check(kmaas::ByteView file, bool fills) {
  const auto read = Read(file);
  if (!read || !fills) return;
  const CellRef at{3, 3};
  const std::string name = read->sheets[0].name;
  const auto filled = Fill(file, name, {{at, "=text", Style::kError, "note"}});
  if (!filled) return;
  const auto again = Read(*filled);
  if (!again || again->sheets.size() != read->sheets.size()) std::abort();
  const Sheet* sheet = again->Find(name);
  if (sheet == nullptr || sheet->Find(at) == nullptr || sheet->Find(at)->text != "=text")
    std::abort();
  for (const Cell& cell : read->sheets[0].cells) {
    if (cell.at == at) continue;
    const Cell* same = sheet->Find(cell.at);
    if (same == nullptr || same->text != cell.text) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const kmaas::ByteView bytes(data, size);
  const auto kind = static_cast<char>(data[0]);
  if (kind == 'z') {
    Check(bytes.subspan(1), true);
  } else {
    Check(Stored(With(kind, kmaas::ToString(bytes.subspan(1)))), size % 8 == 0);
  }
  return 0;
}
