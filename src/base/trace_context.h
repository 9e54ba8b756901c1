// The trace that a caller says his request belongs to (W3C Trace Context, level 1,
// https://www.w3.org/TR/trace-context-1/). It only links records and logs: nothing is decided by
// it.
#pragma once

#include <string_view>

namespace kmaas {

// Reads the values of traceparent headers one by one. Not thread-safe.
class TraceparentReader {
 public:
  void Add(std::string_view value);
  // 32 lower-case hexadecimal digits, not all zero, in the memory of what was added; empty: no
  // trace. Of several headers none counts, as of one that is not as the recommendation has it.
  std::string_view trace_id() const { return values_ == 1 ? trace_id_ : std::string_view(); }

 private:
  int values_ = 0;
  std::string_view trace_id_;
};

}  // namespace kmaas
