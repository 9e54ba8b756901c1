// The texts that cells share, and the parts of a text in runs.
#pragma once

#include <string>
#include <vector>

#include "workbook/archive.h"
#include "workbook/text.h"
#include "workbook/xml.h"

namespace kmaas::workbook {

// The text of an <si> or <is>: its runs joined, without what says how it is pronounced.
std::string JoinRuns(const Xml& xml, pugi::xml_node item);

Outcome<std::vector<CleanText>> ReadSharedStrings(Archive& archive, std::string_view part,
                                                  const Limits& limits);

}  // namespace kmaas::workbook
