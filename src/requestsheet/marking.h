// A request as it goes back to whoever sent it: what is wrong stands in it, cell by cell.
#pragma once

#include "keyservice/rules/finding.h"
#include "requestsheet/reading.h"
#include "workbook/outcome.h"

namespace kmaas::requestsheet {

// The file with a sentence for each finding, in the given language: as a note on its cell, which
// gets the look of an error, and in the column Error of its row with the cell's address; Status
// says whether the row is right. Other cells stay as they are: a note and a look that an earlier
// check gave them, too.
workbook::Outcome<Bytes> MarkRequest(ByteView file, const RequestSheet& request,
                                     const keyservice::Findings& findings,
                                     keyservice::Language language);

}  // namespace kmaas::requestsheet
