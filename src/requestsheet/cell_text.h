// Texts of cells as people mean them.
#pragma once

#include <string>
#include <string_view>

namespace kmaas::requestsheet {

// Without spaces at its ends, those that do not break lines among them.
std::string Trimmed(std::string_view text);

// For comparing: lower case (of ASCII, as headers and names of sheets have no other letters),
// without spaces of any kind and without what nobody sees.
std::string Folded(std::string_view text);

}  // namespace kmaas::requestsheet
