// An HSM that fails in every way, under an engine that must neither be wrong nor stay away. Exit
// status 1 when an answer was wrong or unclear, the engine was not whole again within a second, a
// refused PIN was tried twice, or a cell is not as docs/hsm-faults.md says.
//
//   campaign_hsm_faults --shim MODULE --table PAGE [--every N] [--first K] [--crashes 0|1]
//                       [--flips N] [--seed S] [--function C_X] [--print] [--plant FAULT]
//
// Tried is every N-th cell of the matrix, from the K-th on. --print gives the table as it is found.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include "tests/campaigns/hsm_faults/flips.h"
#include "tests/campaigns/hsm_faults/matrix.h"
#include "tests/campaigns/hsm_faults/plants.h"

namespace kmaas::campaigns {
namespace {

struct Arguments {
  std::map<std::string, std::string> words = {
      {"--shim", ""},       {"--table", ""},  {"--plant", ""},
      {"--every", "1"},     {"--first", "0"}, {"--crashes", "1"},
      {"--flips", "10000"}, {"--seed", "1"},  {"--function", ""}};
  bool prints = false;

  std::uint64_t Number(const std::string& name) const { return std::stoull(words.at(name)); }
};

bool Parse(int argc, char** argv, Arguments& arguments) {
  for (int place = 1; place < argc; ++place) {
    const std::string name = argv[place];
    if (name == "--print") {
      arguments.prints = true;
    } else if (place + 1 < argc && arguments.words.contains(name)) {
      arguments.words[name] = argv[++place];
    } else {
      return false;
    }
  }
  const std::string& plant = arguments.words["--plant"];
  return !arguments.words["--shim"].empty() && (plant.empty() || Plant(plant));
}

class Campaign {
 public:
  explicit Campaign(const Arguments& arguments)
      : arguments_(arguments),
        specified_(ReadTable(arguments.words.at("--table"))),
        world_(arguments.words.at("--shim")) {}

  int Run() {
    TryCrashes();
    world_.Open();
    TryCells();
    if (arguments_.prints) Print();
    std::cout << "matrix: " << cells_ << " cells, " << bad_cells_ << " not as specified"
              << std::endl;
    const bool bits_are_good = TryFlips();
    return bad_cells_ == 0 && bits_are_good ? 0 : 1;
  }

 private:
  bool IsChosen(shim::Function function) {
    const std::string& only = arguments_.words.at("--function");
    if (!only.empty() && only != NameOf(function)) return false;
    return number_++ % arguments_.Number("--every") == arguments_.Number("--first");
  }

  void TryCrashes() {
    world_.Close();
    if (arguments_.Number("--crashes") == 0) return;
    for (const shim::Function function : CalledFunctions())
      if (IsChosen(function)) Note(function, "CRASH", TryCrash(world_, function));
  }

  void TryCells() {
    for (const shim::Function function : CalledFunctions())
      for (const Column& column : Columns())
        if (IsChosen(function)) Note(function, column.head, TryCell(world_, function, column));
  }

  void Note(shim::Function function, const std::string& head, const CellReport& report) {
    ++cells_;
    const std::string name = NameOf(function);
    found_[name][head] = report.outcomes;
    std::string failure = report.failure;
    const std::string& wanted = specified_[name][head];
    if (!arguments_.prints && wanted != report.outcomes)
      failure += "specified as " + wanted + ", found " + report.outcomes;
    if (failure.empty()) return;
    ++bad_cells_;
    std::cout << "NOT AS SPECIFIED: " << name << " " << head << ": " << failure << std::endl;
  }

  void Print() {
    std::cout << HeadText() << "\n";
    for (const shim::Function function : CalledFunctions())
      std::cout << RowText(NameOf(function), found_[NameOf(function)]) << "\n";
  }

  bool TryFlips() {
    if (arguments_.Number("--flips") == 0) return true;
    const Flips flips = FlipBits(world_, arguments_.Number("--flips"), arguments_.Number("--seed"));
    std::cout << "wrong bytes: " << flips.made << " answers spoilt in " << flips.uses
              << " uses: " << flips.right << " right all the same, " << flips.refused
              << " refused, " << flips.wrong << " wrong " << flips.first_wrong << std::endl;
    return flips.wrong == 0;
  }

  const Arguments& arguments_;
  Table specified_;
  World world_;
  Table found_;
  std::uint64_t number_ = 0;
  std::uint64_t cells_ = 0;
  std::uint64_t bad_cells_ = 0;
};

}  // namespace
}  // namespace kmaas::campaigns

int main(int argc, char** argv) {
  kmaas::campaigns::Arguments arguments;
  if (!kmaas::campaigns::Parse(argc, argv, arguments)) {
    std::fprintf(stderr, "usage: %s --shim MODULE --table PAGE [--every N] ...\n", argv[0]);
    return 2;
  }
  const int status = kmaas::campaigns::Campaign(arguments).Run();
  std::fflush(stdout);
  std::_Exit(status);  // the module's own exit handlers are known to crash
}
