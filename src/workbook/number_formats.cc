#include "workbook/number_formats.h"

#include <map>

#include "workbook/archive.h"

namespace kmaas::workbook {
namespace {

constexpr std::string_view kDateLetters = "dmyhsDMYHS";

// What stands in brackets is a colour, a condition or a language, unless it counts hours, minutes
// or seconds on and on.
bool IsElapsed(std::string_view inside) {
  return !inside.empty() && inside.find_first_not_of(inside[0]) == std::string_view::npos &&
         std::string_view("hmsHMS").find(inside[0]) != std::string_view::npos;
}

}  // namespace

bool IsDateFormat(std::string_view code) {
  if (LowerCase(code).starts_with("general")) return false;
  for (std::size_t at = 0; at < code.size() && code[at] != ';'; ++at) {
    const char letter = code[at];
    if (letter == '\\' || letter == '_' || letter == '*') {
      ++at;  // the next one is shown as it is, or is as wide
    } else if (letter == '"' || letter == '[') {
      const std::size_t end = code.find(letter == '"' ? '"' : ']', at + 1);
      if (end == std::string_view::npos) return false;
      if (letter == '[' && IsElapsed(code.substr(at + 1, end - at - 1))) return true;
      at = end;
    } else if (kDateLetters.find(letter) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

bool IsBuiltInDate(std::uint32_t format) {
  return (format >= 14 && format <= 22) || (format >= 27 && format <= 36) ||
         (format >= 45 && format <= 47) || (format >= 50 && format <= 58);
}

DateStyles DateStyles::From(const Xml& styles) {
  std::map<std::uint32_t, bool> own;
  for (const pugi::xml_node format : styles.Child(styles.root(), "numFmts").children()) {
    own[format.attribute("numFmtId").as_uint()] =
        IsDateFormat(format.attribute("formatCode").value());
  }
  DateStyles dates;
  for (const pugi::xml_node style : styles.Child(styles.root(), "cellXfs").children()) {
    if (!styles.Is(style, "xf")) continue;
    const std::uint32_t format = style.attribute("numFmtId").as_uint();
    const auto code = own.find(format);
    dates.dates_.push_back(code == own.end() ? IsBuiltInDate(format) : code->second);
  }
  return dates;
}

}  // namespace kmaas::workbook
