// Writes JSON text: the escaping that log, audit and AWS JSON share.
#pragma once

#include <string>
#include <string_view>

namespace kmaas {

// Appends `text` as a JSON string with quotes. Control characters, quotes and backslashes are
// escaped; bytes that are not UTF-8 become U+FFFD, so that the output is always valid JSON (RFC
// 8259).
void AppendJsonString(std::string& out, std::string_view text);

}  // namespace kmaas
