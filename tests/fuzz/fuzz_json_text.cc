// JSON strings as log, audit and replies write them: any bytes become one line of valid JSON, and
// text comes back as it was.
#include <simdjson.h>

#include <cstdlib>

#include "base/encoding.h"
#include "base/json_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string json = "[";
  kmaas::AppendJsonString(json, text);
  json += "]";
  for (const char c : json) {
    if (static_cast<unsigned char>(c) < 0x20) std::abort();
  }
  simdjson::dom::parser parser;
  std::string_view back;
  if (parser.parse(json).at(0).get_string().get(back) != simdjson::SUCCESS) std::abort();
  if (kmaas::IsUtf8(text) && back != text) std::abort();
  return 0;
}
