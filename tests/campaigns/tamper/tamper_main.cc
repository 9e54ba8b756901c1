// Edits the database of a store in every way, and compares what it answers with what it answered
// before: equal, or refused with an alarm. Exit status 1 when one answer was wrong, an edit of rows
// went unnoticed, or an intact row was refused.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "tests/campaigns/tamper/campaigns.h"
#include "tests/campaigns/tamper/plants.h"

namespace kmaas::campaigns {
namespace {

struct Arguments {
  std::map<std::string, std::uint64_t> numbers = {
      {"--keys", 1000},     {"--open-edits", 100'000}, {"--closed-edits", 5000}, {"--bits", 8},
      {"--wal-bits", 8},    {"--rollbacks", 1000},     {"--pairs-of", 1000},     {"--seed", 1},
      {"--measure-keys", 0}};
  std::string plant;
  bool loud = false;
};

bool Parse(int argc, char** argv, Arguments& arguments) {
  for (int place = 1; place < argc; ++place) {
    const std::string name = argv[place];
    if (name == "--loud") {
      arguments.loud = true;
    } else if (place + 1 == argc) {
      return false;
    } else if (name == "--plant") {
      arguments.plant = argv[++place];
      if (!Plant(arguments.plant)) return false;
    } else if (arguments.numbers.contains(name)) {
      arguments.numbers[name] = std::stoull(argv[++place]);
    } else {
      return false;
    }
  }
  return true;
}

class Report {
 public:
  void Run(const std::string& name, std::uint64_t wanted, const std::function<Tally()>& campaign) {
    if (wanted == 0) return;
    const auto begun = std::chrono::steady_clock::now();
    const Tally tally = campaign();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    std::cout << name << ": " << tally.edits << " edits in " << took.count()
              << " s; answers: " << tally.equal << " equal, " << tally.refused
              << " refused with an alarm, " << tally.silent << " refused without, " << tally.wrong
              << " wrong; " << tally.unnoticed << " edits unnoticed, " << tally.stuck
              << " refused after the edit was taken back" << std::endl;
    good_ = good_ && tally.is_good();
  }
  bool is_good() const { return good_; }

 private:
  bool good_ = true;
};

// How long a database takes to open when every row of it is looked at.
void Measure(std::uint64_t keys) {
  World world(keys);
  for (int round = 0; round < 3; ++round) {
    const auto begun = std::chrono::steady_clock::now();
    const auto store = world.TryOpen(storage::OpenMode::kOpenExisting);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    if (!store) throw std::runtime_error(store.error().detail);
    std::cout << "opened " << (*store)->head().rows << " rows of " << keys << " keys in "
              << took.count() << " s" << std::endl;
  }
}

int Run(Arguments arguments) {
  auto& number = arguments.numbers;
  const std::uint64_t seed = number["--seed"];
  if (number["--measure-keys"] > 0) {
    Measure(number["--measure-keys"]);
    return 0;
  }
  World world(number["--keys"]);
  Report report;
  report.Run("rows edited while open", number["--open-edits"],
             [&] { return EditWhileOpen(world, number["--open-edits"], seed); });
  report.Run("rows edited while closed", number["--closed-edits"],
             [&] { return EditWhileClosed(world, number["--closed-edits"], seed); });
  report.Run("bits of pages", number["--bits"],
             [&] { return FlipPages(world, static_cast<unsigned>(number["--bits"]), seed); });
  for (const auto& [name, checksums] : {std::pair("bits of WAL frames", Checksums::kAsWritten),
                                        {"the same, checksums that fit", Checksums::kMadeToFit}})
    report.Run(name, number["--wal-bits"], [&, how = checksums] {
      return FlipWalFrames(world, how, static_cast<unsigned>(number["--wal-bits"]), seed);
    });
  report.Run("whole databases set back", number["--rollbacks"],
             [&] { return RollBack(number["--rollbacks"]); });
  report.Run("wrapped blobs moved", number["--pairs-of"], [&] {
    World of_pairs(number["--pairs-of"]);
    return MoveBlobs(of_pairs);
  });
  std::cout << (report.is_good() ? "0 wrong" : "NOT AS PROMISED") << std::endl;
  return report.is_good() ? 0 : 1;
}

}  // namespace
}  // namespace kmaas::campaigns

int main(int argc, char** argv) {
  kmaas::campaigns::Arguments arguments;
  if (!kmaas::campaigns::Parse(argc, argv, arguments)) {
    std::cerr << "usage: campaign_tamper [--keys N] [--open-edits N] [--closed-edits N] [--bits N] "
                 "[--wal-bits N]\n  [--rollbacks N] [--pairs-of N] [--seed N] [--measure-keys N] "
                 "[--plant mac|sum|head|anchor] [--loud]\n";
    return 2;
  }
  // One line for each alarm would be gigabytes.
  if (!arguments.loud && std::freopen("/dev/null", "w", stderr) == nullptr) return 2;
  try {
    return kmaas::campaigns::Run(arguments);
  } catch (const std::exception& failure) {
    std::cout << failure.what() << std::endl;
    return 2;
  }
}
