// What a campaign has found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kmaas::campaigns {

struct Tally {
  std::uint64_t trials = 0;   // images, or runs with a failing call
  std::uint64_t refused = 0;  // files that a service does not open, or did not open again
  std::uint64_t wrong = 0;    // facts that are not as they were acknowledged, keys that do not work
  std::uint64_t unrecorded = 0;    // answered changes that the trail does not have exactly once
  std::uint64_t broken = 0;        // trails that the verifier finds something in
  std::uint64_t unclear = 0;       // errors of calls that tell a caller nothing he can act upon
  std::uint64_t stuck = 0;         // services that did not go on after the fault had ended
  std::vector<std::string> notes;  // the first of them, in words

  bool is_good() const {
    return refused + wrong + unrecorded + broken + unclear + stuck == 0 && trials > 0;
  }
  void Note(const std::string& trial, const std::string& what);
  void Add(const Tally& other);
  std::string Text() const;
};

}  // namespace kmaas::campaigns
