#include "workbook/file_kind.h"

#include <string>

namespace kmaas::workbook {
namespace {

using namespace std::string_view_literals;

// The names in a compound file are UTF-16LE.
bool Names(std::string_view file, std::string_view name) {
  std::string wide;
  for (const char letter : name) wide += {letter, '\0'};
  return file.find(wide) != std::string_view::npos;
}

}  // namespace

Outcome<void> ExpectZip(ByteView file) {
  const std::string_view text = AsText(file);
  if (text.starts_with("PK\x03\x04"sv)) return {};
  if (!text.starts_with("\xD0\xCF\x11\xE0"sv)) return Refused{Refusal::kNotAWorkbook};
  // An .xlsx with a password is encrypted into a compound file.
  if (Names(text, "EncryptedPackage")) return Refused{Refusal::kPassword};
  if (Names(text, "Workbook") || Names(text, "Book")) return Refused{Refusal::kOldExcel};
  return Refused{Refusal::kNotAWorkbook};
}

}  // namespace kmaas::workbook
