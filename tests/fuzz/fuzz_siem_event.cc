// Records on their way to receivers: in each format one line of UTF-8 that fits, JSON where it is
// to be, and that can be taken for no second event.
#include <simdjson.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "base/encoding.h"
#include "siem/event.h"
#include "siem/render/render.h"

namespace {

using kmaas::siem::FormatKind;

bool IsControl(char byte, FormatKind format) {
  const auto code = static_cast<unsigned char>(byte);
  return (code < 0x20 && !(byte == '\t' && format == FormatKind::kLeef)) || code == 0x7f;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view record(reinterpret_cast<const char*>(data), size);
  if (record.find('\n') != std::string_view::npos) return 0;  // the trail's lines have none
  const auto event = kmaas::siem::ParseEvent(record);
  if (!event) return 0;
  for (const FormatKind format : {FormatKind::kCloudTrail, FormatKind::kCef, FormatKind::kLeef,
                                  FormatKind::kOcsf, FormatKind::kEcs, FormatKind::kWazuh}) {
    const std::string line = Render(format, *event, {"1.2.3", "host.example"});
    const bool is_json = kmaas::siem::IsJson(format);
    if (!kmaas::IsUtf8(line) || line.size() > kmaas::siem::kBodyBytesMax) std::abort();
    if (!is_json &&
        std::any_of(line.begin(), line.end(), [&](char byte) { return IsControl(byte, format); }))
      std::abort();
    if (line.find('\n') != std::string::npos) std::abort();
    simdjson::dom::parser parser;
    if (is_json && parser.parse(line).error() != simdjson::SUCCESS) std::abort();
  }
  return 0;
}
