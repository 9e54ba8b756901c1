// Reads an .xlsx file that may have been made to harm.
#pragma once

#include "base/bytes.h"
#include "workbook/limits.h"
#include "workbook/outcome.h"
#include "workbook/workbook.h"

namespace kmaas::workbook {

// All of it or a refusal; nothing in it is followed, run or calculated. Whatever the file is, it
// takes no more than Limits allows: bytes are counted as they are inflated, elements before they
// are parsed. Thread-safe.
Outcome<Workbook> Read(ByteView file, const Limits& limits = {});

}  // namespace kmaas::workbook
