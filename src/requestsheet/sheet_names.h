// What the sheets of a request are called.
#pragma once

#include "keyservice/texts/text.h"

namespace kmaas::requestsheet {

inline constexpr keyservice::Text kRequestSheet{"Aanvraag", "Request"};
inline constexpr keyservice::Text kListsSheet{"Keuzelijsten", "Lists"};
inline constexpr keyservice::Text kExplanationSheet{"Uitleg", "Explanation"};

}  // namespace kmaas::requestsheet
