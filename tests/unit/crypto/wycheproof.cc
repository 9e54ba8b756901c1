// The reader of wycheproof.h.
#include "tests/unit/crypto/wycheproof.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/encoding.h"

namespace kmaas::crypto {

std::string VectorsFolder() {
  const char* named = std::getenv("KMAAS_VECTORS");
  return named != nullptr ? named : std::string(KMAAS_SOURCE_DIR) + "/../shared/vectors";
}

Bytes WycheproofCase::Hex(const char* member) const {
  const std::string_view text = test[member].get_string();
  return HexDecode(text).value();
}
std::uint64_t WycheproofCase::Number(const char* member) const { return test[member].get_uint64(); }
std::uint64_t WycheproofCase::GroupNumber(const char* member) const {
  return group[member].get_uint64();
}
bool WycheproofCase::valid() const { return result() == "valid"; }
std::string WycheproofCase::result() const {
  return std::string(std::string_view(test["result"].get_string()));
}
std::vector<std::string> WycheproofCase::Flags() const {
  std::vector<std::string> flags;
  for (const auto flag : test["flags"].get_array())
    flags.emplace_back(std::string_view(flag.get_string()));
  return flags;
}
std::string WycheproofCase::Name() const {
  return "case " + std::to_string(Number("tcId")) + ": " +
         std::string(std::string_view(test["comment"].get_string()));
}

std::size_t ForEachCase(const std::string& file,
                        const std::function<void(const WycheproofCase&)>& check) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.load(VectorsFolder() + "/wycheproof/" + file).get(document) != simdjson::SUCCESS)
    return 0;
  std::size_t count = 0;
  for (const simdjson::dom::object group : document["testGroups"].get_array()) {
    for (const simdjson::dom::object test : group["tests"].get_array()) {
      check({group, test});
      ++count;
    }
  }
  return count;
}

}  // namespace kmaas::crypto
