// Columns are aligned, and no cell can command a terminal.
#include "cli/table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace kmaas::cli {
namespace {

std::string Printed(const Table& table) {
  std::ostringstream out;
  table.Print(out);
  return out.str();
}

TEST(Table, AlignsItsColumnsByTheWidestCell) {
  Table table({"KEY", "STATE", "TEXT"});
  table.Add({"a", "Enabled", "first"});
  table.Add({"longer", "x", ""});
  EXPECT_EQ(Printed(table),
            "KEY     STATE    TEXT\n"
            "a       Enabled  first\n"
            "longer  x        \n");
}

TEST(Table, TakesRowsOfDifferentLengths) {
  Table table({"a"});
  table.Add({"b", "c", "d"});
  table.Add({});
  EXPECT_EQ(Printed(table), "a\nb  c  d\n\n");
}

TEST(Table, IsEmptyWithItsHeaderAlone) {
  Table table({"a"});
  EXPECT_TRUE(table.empty());
  table.Add({"b"});
  EXPECT_FALSE(table.empty());
}

TEST(Table, PrintsOneLineForARowWhateverIsInIt) {
  Table table({"KEY", "DESCRIPTION"});
  table.Add({"a", "x\nforged  row\r\x1b[2Jy"});
  EXPECT_EQ(Printed(table), "KEY  DESCRIPTION\na    x?forged  row??[2Jy\n");
}

TEST(Harmless, ReplacesWhatATerminalObeys) {
  for (int c = 0; c < 0x20; ++c) EXPECT_EQ(Harmless(std::string(1, static_cast<char>(c))), "?");
  EXPECT_EQ(Harmless("a\x7f"), "a?");
  for (int c = 0x80; c < 0xa0; ++c) {
    EXPECT_EQ(Harmless(std::string("\xc2") + static_cast<char>(c) + "31m"), "??31m") << c;
  }
}

TEST(Harmless, KeepsTheTextsOfTheWorld) {
  for (const char* text : {"plain ~", "\xc3\xa4\xc2\xa0\xc3\x9f", "\xe2\x82\xac",
                           "\xd0\x9b\xc2\xa9", "\xf0\x9f\x94\x91"}) {
    EXPECT_EQ(Harmless(text), text);
  }
}

TEST(Harmless, HidesLettersThatTurnATextOrTakeNoPlace) {
  EXPECT_EQ(Harmless("a\u202eb\u2066c\u200bd"), "a?b?c?d");
  EXPECT_EQ(Harmless("\u2026 \u201c\u00e9\u201d \u20ac"), "\u2026 \u201c\u00e9\u201d \u20ac");
}

}  // namespace
}  // namespace kmaas::cli
