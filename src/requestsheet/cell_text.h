// Texts of cells as people mean them.
#pragma once

#include <string>
#include <string_view>

namespace kmaas::requestsheet {

// For comparing: lower case (of ASCII, as headers and names of sheets have no other letters),
// without spaces of any kind and without what nobody sees.
std::string Folded(std::string_view text);

// At most so many bytes, cut between characters; what was cut shows.
std::string Cut(std::string_view text, std::size_t bytes_max);

}  // namespace kmaas::requestsheet
