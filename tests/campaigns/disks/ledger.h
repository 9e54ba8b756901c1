// What callers of a service know: what they asked for, and what was acknowledged.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace kmaas::campaigns {

// Facts are named "<what> <of what>", as "state arn:...". What was asked for may be so or not until
// it is acknowledged; what was acknowledged alone is so from then on. Each entry knows the moment,
// a number that grows.
class Ledger {
 public:
  using Allowed = std::map<std::string, std::set<std::string>>;

  void Asked(std::uint64_t moment, const std::string& fact, const std::string& value) {
    entries_.push_back({moment, false, fact, value});
  }
  void Acknowledged(std::uint64_t moment, const std::string& fact, const std::string& value) {
    entries_.push_back({moment, true, fact, value});
  }
  // The call of this number, which changes something, was answered.
  void Answered(std::uint64_t moment, std::uint64_t call) { answers_.emplace_back(moment, call); }

  // What may be observed of each fact by whoever looks at a moment; "" for what is not there.
  Allowed AllowedAt(std::uint64_t moment) const;
  // The calls whose records must stand in the trail.
  std::vector<std::uint64_t> AnsweredUntil(std::uint64_t moment) const;

 private:
  struct Entry {
    std::uint64_t moment;
    bool acknowledged;
    std::string fact;
    std::string value;
  };
  std::vector<Entry> entries_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> answers_;
};

}  // namespace kmaas::campaigns
