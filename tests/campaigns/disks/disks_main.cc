// A service on a disk that loses its power, or on which any call fails. Exit status 1 when anything
// that was acknowledged is lost, anything is half made, or the service does not go on.
#include <chrono>
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <string>

#include "base/log.h"
#include "tests/campaigns/disks/campaigns.h"
#include "tests/campaigns/disks/plants.h"
#include "tests/fakes/fake_token.h"

namespace kmaas::campaigns {
namespace {

struct Arguments {
  std::map<std::string, std::uint64_t> numbers = {
      {"--images", 10'000}, {"--operations", 200}, {"--first", 1}, {"--step", 1}, {"--seed", 1}};
  std::string what;
  bool loud = false;
};

constexpr char kUsage[] =
    "usage: campaign_disks power [--images N] [--operations N] [--seed N]\n"
    "       campaign_disks broken|full|short|interrupted|stays-broken|stays-full\n"
    "                      [--operations N] [--first N] [--step N]\n"
    "       each: [--plant lost-flush|lost-trail-flush|early-answer|early-sweep|deaf|deaf-trail] "
    "[--loud]\n"
    "power: the files as they stand when the power fails at any moment.\n"
    "others: the n-th call of the disk fails, for n = first, first + step, ... until none does:\n"
    "EIO, ENOSPC, short writes, EINTR; once, or for six operations.\n";

bool Parse(int argc, char** argv, Arguments& arguments) {
  if (argc < 2) return false;
  arguments.what = argv[1];
  for (int place = 2; place < argc; ++place) {
    const std::string name = argv[place];
    if (name == "--loud") {
      arguments.loud = true;
    } else if (place + 1 == argc) {
      return false;
    } else if (name == "--plant") {
      if (!Plant(argv[++place])) return false;
    } else if (arguments.numbers.contains(name)) {
      arguments.numbers[name] = std::stoull(argv[++place]);
    } else {
      return false;
    }
  }
  return true;
}

struct Fault {
  Trouble trouble;
  bool lasting;
};
const std::map<std::string, Fault> kFaults = {
    {"broken", {Trouble::kBroken, false}},      {"full", {Trouble::kFull, false}},
    {"short", {Trouble::kShort, false}},        {"interrupted", {Trouble::kInterrupted, false}},
    {"stays-broken", {Trouble::kBroken, true}}, {"stays-full", {Trouble::kFull, true}}};

int Run(Arguments& arguments) {
  auto& number = arguments.numbers;
  // Made here, the RSA keys of this program make no call late.
  (void)fakes::NewPrivateKey(domain::KeySpec::kRsa2048);
  const auto begun = std::chrono::steady_clock::now();
  Tally tally;
  if (arguments.what == "power") {
    tally = FailPower(number["--images"], number["--operations"], number["--seed"]);
  } else {
    const Fault fault = kFaults.at(arguments.what);
    tally = FailCalls(fault.trouble, fault.lasting, number["--first"], number["--step"],
                      number["--operations"]);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::cout << arguments.what << ", " << number["--operations"] << " operations: " << tally.trials
            << " trials in " << took.count() << " s: " << tally.Text() << '\n'
            << (tally.is_good() ? "nothing lost" : "NOT AS PROMISED") << std::endl;
  return tally.is_good() ? 0 : 1;
}

}  // namespace
}  // namespace kmaas::campaigns

int main(int argc, char** argv) {
  kmaas::campaigns::Arguments arguments;
  if (!kmaas::campaigns::Parse(argc, argv, arguments) ||
      (arguments.what != "power" && !kmaas::campaigns::kFaults.contains(arguments.what))) {
    std::cerr << kmaas::campaigns::kUsage;
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
