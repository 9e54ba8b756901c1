// Changed requests, each with another meaning than the honest one. What HTTP or SigV4 hold for the
// same (the case of a header's name or of an escape, blanks that are folded, headers that nobody
// signed, the order of parameters) is never changed, so not one of these may pass.
#pragma once

#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/component/signed_requests/honest.h"

namespace kmaas::signed_requests {

struct Mutant {
  identity::TestRequest request;
  std::string what;
  // It may not be a call at all any more: another method or path, two hosts, a wrong length. Then
  // HTTP may refuse it, before anybody asks for credentials.
  bool may_be_no_call = false;
};

// One change of meaning that somebody thought of.
std::vector<Mutant> ThoughtOf(const Honest& honest, const Door& door);

// Changes of single bytes: every byte that is bound replaced, removed, and with another before it.
class ByteMutants {
 public:
  // `seed` chooses the bytes that are put in.
  ByteMutants(const Honest& honest, std::uint32_t seed);

  // Each place once in each way, then places at random until there were `count`.
  void ForEach(std::size_t count, const std::function<void(const Mutant&)>& each);

 private:
  enum class Letters { kAny, kVisible, kAlphanumeric };
  struct Place {
    std::string part;
    std::string& (*text)(identity::TestRequest&, std::size_t index);
    std::size_t index;  // of the header
    std::size_t at;
    Letters letters;
    bool only_insert;  // the end of the text
    bool may_be_no_call;
  };
  enum class Change { kReplace, kRemove, kInsert };

  void AddText(const Place& first, const std::vector<std::size_t>& fixed, bool may_append);
  void AddTarget();
  void AddHeaders(const Honest& honest);
  Mutant Make(const Place& place, Change change);
  char Letter(Letters letters, char other_than);

  identity::TestRequest honest_;
  std::vector<Place> places_;
  std::mt19937 random_;
};

}  // namespace kmaas::signed_requests
