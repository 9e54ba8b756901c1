#include "cli/step_progress.h"

#include <unistd.h>

namespace kmaas::cli {

StepDisplay::StepDisplay(std::ostream& err) : err_(err), terminal_(isatty(STDERR_FILENO) == 1) {}

StepDisplay::~StepDisplay() {
  if (terminal_ && !step_.empty()) err_ << '\n';
}

void StepDisplay::operator()(std::string_view step, std::uint64_t done, std::uint64_t all) {
  const int hundredths = all == 0 ? 100 : static_cast<int>(done * 100 / all);
  const bool is_new = step != step_;
  if (!is_new && (hundredths == shown_ || !terminal_)) return;
  if (is_new && terminal_ && !step_.empty()) err_ << '\n';
  step_ = step;
  shown_ = hundredths;
  if (terminal_) {
    err_ << '\r' << step << ": " << hundredths << " %" << std::flush;
  } else {
    err_ << step << '\n';
  }
}

}  // namespace kmaas::cli
