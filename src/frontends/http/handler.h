// What stands behind the HTTP server: a function from a complete request to its response.
#pragma once

#include "frontends/http/message.h"

namespace kmaas::http {

// Thread-safe: called on any of the server's threads, inline, and may block that thread for a
// call's deadline. An exception that escapes is answered with 500 and ends the connection.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual Response Handle(Request& request) = 0;
  // The body and headers for a request that the server itself refuses with `status` (400, 408, 413,
  // 417, 431, 500); the connection is closed after it. Only what was understood of the request is
  // filled in, and never its body. The status of the answer is the server's, whatever is returned.
  virtual Response Refuse(const Request& request, unsigned status);
};

}  // namespace kmaas::http
