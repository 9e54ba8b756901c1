// The workbook that a requester fills in: one row for each key.
#pragma once

#include "keyservice/classes/class_table.h"
#include "keyservice/texts/text.h"
#include "workbook/new_workbook.h"

namespace kmaas::requestsheet {

// Three sheets: the request, with lists to choose from and a note on each header; the lists; and an
// explanation of each column. Environments are those of the class table.
workbook::NewWorkbook RequestTemplate(const keyservice::ClassTable& table,
                                      keyservice::Language language);

}  // namespace kmaas::requestsheet
