// Reads an answer of HTTP/1.1 piece by piece.
#pragma once

#include <optional>
#include <string>

namespace kmaas::siem {

struct HttpAnswer {
  int status = 0;
  bool keeps_open = true;
  std::string body;
};

enum class HttpProgress { kMore, kWhole, kBad };

// Looks whether `bytes`, all that came so far, are a whole answer with Content-Length or in chunks.
// What stands behind it makes it bad: nobody asked for more; so does more than 256 KiB.
HttpProgress ReadHttpAnswer(const std::string& bytes, HttpAnswer& answer);

// Whether it says what a Splunk HTTP Event Collector says to accepted events: 200 and code 0.
bool AcceptsEvents(const HttpAnswer& answer);

}  // namespace kmaas::siem
