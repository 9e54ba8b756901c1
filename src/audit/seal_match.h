// Holds the records of a trail against its seals: what only whoever has the audit key can make fit.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "audit/chain.h"
#include "audit/finding.h"
#include "audit/seal_check.h"

namespace kmaas::audit {

// Not thread-safe. Records in the order of the files.
class SealMatch {
 public:
  // Seals that are believed. Of those that say what is gone, only what stands is of interest.
  explicit SealMatch(const std::vector<PlacedSeal>& seals);

  void Add(const TrailLine& record, const std::string& file, std::uint64_t line);

  // What no finding about the chain, which `known` has, explains. `first` and `last` record stand
  // in the trail; `end` is its last place.
  std::vector<Finding> Findings(const std::vector<Finding>& known, std::uint64_t first,
                                std::uint64_t last, const Remark& end) const;
  // Last record that a seal covers and that is as it was sealed.
  std::uint64_t sealed() const;

 private:
  struct Place {
    std::string file;
    std::uint64_t line = 0;
  };
  struct Point {  // at the last record of a seal
    PlacedSeal by;
    bool is_seen = false;
    bool is_true = false;
    Place at;    // of that record
    Place next;  // of the record behind it
  };

  std::vector<Point> points_;  // by rising record, each record once
  std::unordered_map<std::uint64_t, std::size_t> by_record_;
  Place first_;
};

}  // namespace kmaas::audit
