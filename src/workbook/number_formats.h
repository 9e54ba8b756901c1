// Which styles of a workbook make a number a date.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "workbook/xml.h"

namespace kmaas::workbook {

// A format's code, as in dd/mm/yyyy or [h]:mm: true where it shows days, months, years or times.
bool IsDateFormat(std::string_view code);
// By the number of a format that has no code in the file; those of 27 to 36 and 50 to 58 are dates
// in East Asian Excels.
bool IsBuiltInDate(std::uint32_t format);

class DateStyles {
 public:
  DateStyles() = default;  // no style is a date's
  // From the part of styles.
  static DateStyles From(const Xml& styles);
  bool Has(std::uint32_t style) const { return style < dates_.size() && dates_[style]; }

 private:
  std::vector<bool> dates_;
};

}  // namespace kmaas::workbook
