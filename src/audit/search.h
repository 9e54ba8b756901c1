// Seeking records in a trail: by indexes where there are some, by reading where there are none.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kmaas::audit {

// All that is not empty must be so. Texts as they are, without JSON's escapes.
struct SearchQuery {
  std::string resource;   // ARN, key id or "alias/..." of a resource
  std::string principal;  // ARN
  std::string event_name;
  std::string error_code;
  std::string event_id;
  std::string request_id;
  std::string source_address;
  std::string since;  // "2026-11-24T12:00:00Z" or the beginning of such a text; included
  std::string until;  // likewise; what begins with it is included
  bool oldest_first = false;
  std::uint64_t limit = 0;  // 0: all
  bool use_indexes = true;
  bool make_indexes = false;  // those that are missing or of no use, where the disk allows it
};

struct SearchReport {
  std::uint64_t found = 0;
  std::uint64_t files = 0;
  std::uint64_t files_indexed = 0;
  std::uint64_t files_read = 0;  // whole
};

// Calls `each` with the line of every record that fits, in order. What is found is as it stands in
// the trail; whether that is as it was written is for the verifier to say.
Result<SearchReport> Search(const std::string& directory, const SearchQuery& query,
                            const std::function<void(std::string_view line)>& each);

}  // namespace kmaas::audit
