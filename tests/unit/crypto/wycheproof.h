// Reads the published Wycheproof vectors where they are; CONTRIBUTING.md says where to get them.
#pragma once

#include <simdjson.h>

#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace kmaas::crypto {

// The folder that KMAAS_VECTORS names, by default ../shared/vectors beside the checkout.
std::string VectorsFolder();

// One case. `group` holds what its cases share (keySize, ivSize, tagSize).
struct WycheproofCase {
  simdjson::dom::object group;
  simdjson::dom::object test;

  Bytes Hex(const char* member) const;
  std::uint64_t Number(const char* member) const;
  std::uint64_t GroupNumber(const char* member) const;
  bool valid() const;
  std::string result() const;  // "valid", "invalid", "acceptable"
  std::vector<std::string> Flags() const;
  std::string Name() const;  // for failure messages
};

// Calls `check` for each case of wycheproof/<file> and returns how many there were; 0 when the file
// is absent, and then the caller skips.
std::size_t ForEachCase(const std::string& file,
                        const std::function<void(const WycheproofCase&)>& check);

}  // namespace kmaas::crypto
