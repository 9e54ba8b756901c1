// JSON of strangers: one object, every name once in each object, not nested deeply.
#pragma once

#include <simdjson.h>

#include <string>

namespace kmaas::identity {

// False for everything else. `object` lives as long as the parser, until it parses again.
[[nodiscard]] bool ParseStrictly(simdjson::dom::parser& parser, const std::string& text,
                                 simdjson::dom::object& object);

// The text of a member; false when it is absent or no text.
[[nodiscard]] bool TextMember(simdjson::dom::object object, std::string_view name,
                              std::string& text);
bool HasMember(simdjson::dom::object object, std::string_view name);

}  // namespace kmaas::identity
