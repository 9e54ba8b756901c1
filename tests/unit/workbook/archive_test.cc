// Files and archives that are not what they say.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/workbook/parts.h"
#include "workbook/package.h"

namespace kmaas::workbook {
namespace {

// `was` becomes `is`, of the same length, everywhere in a file.
Bytes Replaced(const Bytes& file, std::string_view was, std::string_view is) {
  std::string text = ToString(file);
  for (std::size_t at = text.find(was); at != std::string::npos; at = text.find(was, at + 1)) {
    text.replace(at, was.size(), is);
  }
  return ToBytes(AsBytes(text));
}

std::string Wide(std::string_view name) {
  std::string wide;
  for (const char letter : name) wide += {letter, '\0'};
  return wide;
}

// Where the entry of the sheet stands in the central directory.
std::size_t SheetEntry(const Bytes& file) {
  return AsText(file).rfind("xl/worksheets/one.xml") - 46;
}

TEST(WorkbookFile, IsToldByWhatItIs) {
  const std::string compound("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
  EXPECT_EQ(Refusing(AsBytes("")), "NotAWorkbook");
  EXPECT_EQ(Refusing(AsBytes("a;b;c\r\n")), "NotAWorkbook");
  EXPECT_EQ(Refusing(AsBytes(compound + Wide("Workbook"))), "OldExcel");
  EXPECT_EQ(Refusing(AsBytes(compound + Wide("EncryptedPackage"))), "Password");
  EXPECT_EQ(Refusing(*WriteArchive({{"mimetype", "application/x"}, {"content.xml", "<a/>"}})),
            "OpenDocument");
  EXPECT_EQ(Refusing(*WriteArchive({{"xl/workbook.bin", "x"}})), "BinaryWorkbook");
  EXPECT_EQ(Refusing(*WriteArchive({{"readme", "x"}})), "NotAWorkbook");
}

TEST(WorkbookFile, IsRefusedBeyondItsBytes) {
  Limits limits;
  const Bytes file = Parts{}.File();
  limits.file_bytes = file.size();
  EXPECT_EQ(Refusing(file, limits), "");
  limits.file_bytes = file.size() - 1;
  EXPECT_EQ(Refusing(file, limits), "FileTooLarge");
}

TEST(WorkbookFile, IsRefusedWhereverItIsCut) {
  const Bytes file = Parts{}.File();
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_NE(Refusing(ByteView(file).first(size)), "") << size;
  }
}

TEST(Archive, RefusesMorePartsThanItMayHave) {
  Limits limits;
  limits.parts = 5;
  Parts parts;
  EXPECT_EQ(Refusing(parts, limits), "");
  parts.more["xl/more.xml"] = "<a/>";
  EXPECT_EQ(Refusing(parts, limits), "TooManyParts");
}

TEST(Archive, RefusesBadNames) {
  Parts parts;
  parts.more["xl/abc.xml"] = "<a/>";
  const Bytes file = parts.File();
  for (const char* bad :
       {"/l/abc.xml", "../abc.xml", "xl\\abc.xml", "xl//bc.xml", "xl/./b.xml", "xl:abc.xml",
        "xl/a\xFF"
        "c.xml"}) {
    EXPECT_EQ(Refusing(Replaced(file, "xl/abc.xml", bad)), "BadPartName") << bad;
  }
  parts.more["xl/ABD.xml"] = "<a/>";
  EXPECT_EQ(Refusing(Replaced(parts.File(), "xl/abc.xml", "xl/abd.xml")), "DuplicatePart");
}

TEST(Archive, RefusesASizeThatIsNotTrue) {
  Parts parts = WithRows(std::string(5000, ' '));
  Bytes file = parts.File();
  const std::size_t entry = SheetEntry(file);
  for (const std::size_t at : {entry + 24, AsText(file).find("xl/worksheets/one.xml") - 8}) {
    file[at] = 100;  // of uncompressed bytes
    file[at + 1] = 0;
  }
  EXPECT_EQ(Refusing(file), "ForgedSize");
}

TEST(Archive, RefusesEntriesWithAPasswordAndOddCompression) {
  const Bytes file = Parts{}.File();
  Bytes locked = file;
  const std::size_t local = AsText(file).find("xl/worksheets/one.xml") - 30;
  locked[SheetEntry(file) + 8] |= 1U;
  locked[local + 6] |= 1U;
  EXPECT_EQ(Refusing(locked), "Password");
  Bytes odd = file;
  odd[SheetEntry(file) + 10] = odd[local + 8] = 12;  // bzip2
  EXPECT_EQ(Refusing(odd), "Compression");
}

TEST(Archive, CountsBytesWhileItInflates) {
  const Parts parts = WithRows(std::string(std::size_t{1} << 20U, ' '));
  Limits limits;
  EXPECT_EQ(Refusing(parts, limits), "ExpandsTooMuch");  // by its ratio
  limits.ratio = 2000;
  EXPECT_EQ(Refusing(parts, limits), "");
  limits.part_bytes = std::size_t{1} << 20U;
  EXPECT_EQ(Refusing(parts, limits), "PartTooLarge");
  limits.part_bytes *= 2;
  limits.total_bytes = std::size_t{1} << 20U;
  EXPECT_EQ(Refusing(parts, limits), "ExpandsTooMuch");
}

TEST(Package, ResolvesTargetsFromTheRootAndFromTheFolder) {
  EXPECT_EQ(Resolve("xl/workbook.xml", "worksheets/a.xml"), "xl/worksheets/a.xml");
  EXPECT_EQ(Resolve("xl/workbook.xml", "/xl/worksheets/a.xml"), "xl/worksheets/a.xml");
  EXPECT_EQ(Resolve("xl/worksheets/a.xml", "../comments1.xml"), "xl/comments1.xml");
  EXPECT_EQ(Resolve("", "./xl/workbook.xml"), "xl/workbook.xml");
  EXPECT_EQ(RelativeTo("xl/worksheets/a.xml", "xl/comments1.xml"), "../comments1.xml");
  EXPECT_EQ(RelativeTo("a.xml", "xl/comments1.xml"), "xl/comments1.xml");
  EXPECT_EQ(Resolve("xl/workbook.xml", "../../a.xml"), std::nullopt);
  EXPECT_EQ(Resolve("xl/workbook.xml", "a//b.xml"), std::nullopt);
}

}  // namespace
}  // namespace kmaas::workbook
