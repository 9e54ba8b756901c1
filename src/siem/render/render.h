// Turns an audit event into the form that a SIEM reads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "siem/destination.h"
#include "siem/event.h"

namespace kmaas::siem {

// With the header of a syslog message the whole stays below 8192 bytes, which every receiver of
// RFC 5425 should take.
inline constexpr std::size_t kBodyBytesMax = 7680;

struct Producer {
  std::string version;  // of kmaas
  std::string host;     // where it runs
};

// One line without control characters, valid UTF-8, at most kBodyBytesMax. What is too long is cut
// with a mark; ids, hashes and sequence numbers never are.
std::string Render(FormatKind format, const Event& event, const Producer& producer);
bool IsJson(FormatKind format);

// Each format writes with texts of at most `text_max` bytes; Render finds the largest that fits.
std::string RenderCloudTrail(const Event& event, std::size_t text_max);
std::string RenderWazuh(const Event& event, std::size_t text_max);
std::string RenderCef(const Event& event, const Producer& producer, std::size_t text_max);
std::string RenderLeef(const Event& event, const Producer& producer, std::size_t text_max);
std::string RenderOcsf(const Event& event, const Producer& producer, std::size_t text_max);
std::string RenderEcs(const Event& event, const Producer& producer, std::size_t text_max);

// `text` with a blank for each character beyond ASCII that ends a line for some readers (U+0085,
// U+2028, U+2029) or begins a terminal's commands (U+0080 to U+009F).
std::string WithoutWideControls(std::string text);

// What is done to what: "create", "read", "update", "delete", or nothing for the use of a key.
std::string_view KindOfChange(const Event& event);

}  // namespace kmaas::siem
