// Follows a chain record by record and says what is wrong where: the verifier's and the opener's
// common ground.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/chain.h"
#include "audit/finding.h"
#include "audit/trail_files.h"

namespace kmaas::audit {

// Not thread-safe. Files in their order, their lines in theirs.
class ChainCheck {
 public:
  // Without `from` the first record is believed: it has a predecessor that is not looked at.
  explicit ChainCheck(std::optional<ChainHead> from) : head_(from) {}

  void BeginFile(const TrailFile& file, bool is_newest);
  // The record, when the line is one; it may still have a finding.
  std::optional<TrailLine> Add(const RawLine& line);

  // Of the last record that continued the chain; none before the first.
  const std::optional<ChainHead>& head() const { return head_; }
  const std::vector<Finding>& findings() const { return findings_; }
  std::uint64_t first_sequence() const { return first_sequence_; }
  std::uint64_t records() const { return records_; }

 private:
  struct Place {
    std::uint64_t line = 0;
    std::uint64_t sequence = 0;
  };
  void Follow(const TrailLine& record, Place place);
  void AddUnreadable(const RawLine& line);
  void JumpAhead(const TrailLine& record, Place place);
  void StepBack(const TrailLine& record, Place place);
  void Report(FindingKind kind, Place place, std::string what);

  // Numbers that were jumped over, first to last, and the finding that says so.
  struct Missing {
    std::uint64_t last;
    std::size_t finding;
  };

  std::optional<ChainHead> head_;
  std::optional<ChainHead> branch_;  // of records whose numbers had been used
  std::uint64_t excused_ = 0;        // unreadable lines since the head: they may have been records
  std::map<std::uint64_t, Missing> missing_;  // by first number
  std::string file_;
  std::uint64_t named_sequence_ = 0;
  bool is_newest_ = false;
  bool file_has_record_ = false;
  std::uint64_t first_sequence_ = 0;
  std::uint64_t records_ = 0;
  std::vector<Finding> findings_;
};

}  // namespace kmaas::audit
