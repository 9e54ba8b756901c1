// From the cells of a row to what they mean.
#pragma once

#include "keyservice/classes/class_table.h"
#include "keyservice/rows/request_row.h"
#include "keyservice/rules/finding.h"

namespace kmaas::keyservice {

// Adds a finding for each cell that is missing or is not of its form. Nothing when there was one;
// the rules judge whole rows only.
std::optional<RequestRow> ParseRow(const SheetRow& sheet, const ClassTable& table,
                                   Findings& findings);

// "2026-11-23" and "23/11/2026"; nothing for a day that there is not.
std::optional<Date> ParseDate(std::string_view text);
std::string DateText(Date date);  // "2026-11-23"

}  // namespace kmaas::keyservice
