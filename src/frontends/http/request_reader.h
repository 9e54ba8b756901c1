// Turns the bytes of a connection into requests, within bounds.
#pragma once

#include <cstddef>
#include <memory>

#include "frontends/http/body_budget.h"
#include "frontends/http/message.h"
#include "frontends/http/read_buffer.h"
#include "frontends/http/server.h"

namespace kmaas::http {

enum class ReadProgress { kNeedsMore, kComplete, kRefused };

// One per connection, for one request after the other. HTTP/1.0 and 1.1 by Beast's parser, and
// stricter: no second Content-Length or Host, no transfer coding but chunked, no trailers, because
// whoever stands before the server may read those in another way. Not thread-safe.
class RequestReader {
 public:
  // Borrows both. A body that the budget has no room for is refused with 503.
  RequestReader(const ServerOptions& options, BodyBudget& bodies);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Consumes what belongs to this request, and nothing of the next.
  ReadProgress Feed(ReadBuffer& buffer);
  // Wipes the request and begins the next. Memory is kept, unless it has grown large.
  void Reset();

  Request& request() { return request_; }
  unsigned refusal() const { return refusal_; }  // the status, after kRefused
  // The client waits for "100 Continue" before it sends its body. True once per request.
  bool TakeContinueWish();
  bool keep_alive() const;  // after kComplete
  bool in_header() const;   // it is not whole yet

 private:
  class Parser;

  const ServerOptions& options_;
  Request request_;
  BodyBudget::Share body_share_;
  std::vector<Header> spare_headers_;  // their strings' memory serves the next request
  unsigned refusal_ = 0;
  std::unique_ptr<Parser> parser_;
};

}  // namespace kmaas::http
