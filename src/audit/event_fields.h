// The members of a rendered record that it can be sought by.
#pragma once

#include <string_view>
#include <vector>

namespace kmaas::audit {

// Views into the event, as they stand there: with JSON's escapes. Empty where the record has none.
struct EventFields {
  std::string_view principal;  // ARN
  std::string_view time;       // "2026-11-24T12:00:00Z"
  std::string_view name;
  std::string_view source_address;
  std::string_view error_code;
  std::string_view request_id;
  std::string_view event_id;
  std::vector<std::string_view> resources;  // ARNs
};

// Of what Render wrote, whose order of members it relies on; of anything else some members may be
// missing or wrong.
EventFields ReadFields(std::string_view event);

// Whether a resource is what an operator calls `wanted`: its ARN, or the id or name at its end.
bool IsNamed(std::string_view resource, std::string_view wanted);
// That id or name: "1234abcd-..." of a key, "alias/app" of an alias. May be empty.
std::string_view ShortName(std::string_view resource);

}  // namespace kmaas::audit
