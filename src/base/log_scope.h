// Of which call the log lines of a thread are.
#pragma once

#include <string_view>

namespace kmaas::log {

// While it lives, every line that this thread writes has request_id and, unless it is empty,
// trace_id. Borrows both texts. The outer one of two holds again when the inner one goes.
class CallScope {
 public:
  CallScope(std::string_view request_id, std::string_view trace_id);
  ~CallScope();
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  // Of this thread; null outside of calls.
  static const CallScope* current();
  std::string_view request_id() const { return request_id_; }
  std::string_view trace_id() const { return trace_id_; }

 private:
  std::string_view request_id_;
  std::string_view trace_id_;
  const CallScope* outer_;
};

}  // namespace kmaas::log
