// The suite, or with --decisions N [--seed S] just the comparison, for as long as one likes.
#include <gmock/gmock.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include "tests/component/policy_oracle/comparison.h"

namespace {

int CompareAndTell(const kmaas::policy_oracle::Trial& trial) {
  using kmaas::policy_oracle::Verdict;
  const auto outcomes = Compare(trial);
  std::cout << outcomes.decisions << " decisions from seed " << trial.seed << "\n";
  for (int i = 0; i < kmaas::policy_oracle::kVerdicts; ++i) {
    const auto verdict = static_cast<Verdict>(i);
    std::cout << NameOf(verdict) << ": " << 100 * outcomes.Share(verdict) << " %\n";
  }
  std::cout << (outcomes.first_world ? outcomes.report : "no disagreement\n");
  return outcomes.first_world ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  kmaas::policy_oracle::Trial trial;
  trial.threads = std::thread::hardware_concurrency();
  bool compare = false;
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if ((name != "--decisions" && name != "--seed") || i + 1 == argc) {
      std::cerr << "usage: " << argv[0] << " [--decisions N] [--seed S]\n";
      return EXIT_FAILURE;
    }
    (name == "--seed" ? trial.seed : trial.decisions) = std::strtoull(argv[i + 1], nullptr, 10);
    compare = true;
  }
  return compare ? CompareAndTell(trial) : RUN_ALL_TESTS();
}
