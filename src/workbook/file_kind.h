// What a file is by its first bytes.
#pragma once

#include "base/bytes.h"
#include "workbook/outcome.h"

namespace kmaas::workbook {

// Refuses what is no zip archive: by the name of what it is instead.
Outcome<void> ExpectZip(ByteView file);

}  // namespace kmaas::workbook
