// Adds styles to those that a workbook has.
#pragma once

#include <map>
#include <optional>
#include <tuple>

#include "workbook/number_formats.h"
#include "workbook/value.h"
#include "workbook/xml.h"

namespace kmaas::workbook {

class StyleEditor {
 public:
  // Borrowed: `xml` of the part of styles, parsed to be edited.
  explicit StyleEditor(Xml& xml) : xml_(xml), dates_(DateStyles::From(xml)) {}
  // The number of a style that is `base` but for the fill and font of `style`, and shows numbers as
  // dates where it is asked to. `base` itself where nothing differs.
  enum class Shows { kAsBefore, kDates };
  std::uint32_t Like(std::uint32_t base, std::optional<Style> style, Shows shows);

 private:
  std::string AddFill(Style style);
  std::string AddFont(Style style);
  Xml& xml_;
  DateStyles dates_;
  std::map<std::tuple<std::uint32_t, std::optional<Style>, Shows>, std::uint32_t> made_;
};

}  // namespace kmaas::workbook
