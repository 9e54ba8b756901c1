// The head of a response as it goes over the wire.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "frontends/http/message.h"

namespace kmaas::http {

struct ResponseFrame {
  WallTime now;
  bool keep_alive = true;
  bool without_body = false;  // the answer to HEAD
};

// Appends status line, headers, Date, Content-Length, Connection and body. A control character in a
// header becomes a blank: a value can never begin another header.
void AppendResponse(std::string& out, const Response& response, const ResponseFrame& frame);

// RFC 9110 section 5.6.7: "Tue, 24 Nov 2026 12:00:00 GMT". The view lasts until the same thread's
// next call.
std::string_view HttpDate(WallTime time);

}  // namespace kmaas::http
