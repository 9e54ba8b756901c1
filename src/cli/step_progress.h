// How far long work is, for whoever waits at a terminal.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace kmaas::cli {

// Writes "step: 42 %" over itself while standard error is a terminal; otherwise each step once, on
// a line of its own.
class StepDisplay {
 public:
  explicit StepDisplay(std::ostream& err);
  ~StepDisplay();
  StepDisplay(const StepDisplay&) = delete;
  StepDisplay& operator=(const StepDisplay&) = delete;

  void operator()(std::string_view step, std::uint64_t done, std::uint64_t all);

 private:
  std::ostream& err_;
  const bool terminal_;
  std::string step_;
  int shown_ = -1;
};

}  // namespace kmaas::cli
