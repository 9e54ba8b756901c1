#include "tests/campaigns/tamper/progress.h"

#include <chrono>
#include <iostream>

namespace kmaas::campaigns {

void ShowProgress(const Tally& tally) {
  using Clock = std::chrono::steady_clock;
  static Clock::time_point shown = Clock::now();
  const Clock::time_point now = Clock::now();
  if (now - shown < std::chrono::seconds(30)) return;
  shown = now;
  std::cout << "  " << tally.edits << " edits so far, " << tally.refused << " answers refused, "
            << tally.wrong << " wrong, " << tally.unnoticed << " unnoticed" << std::endl;
}

}  // namespace kmaas::campaigns
