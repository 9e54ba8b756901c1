#include "audit/chain_check.h"

#include <algorithm>

namespace kmaas::audit {
namespace {

bool Continues(const std::optional<ChainHead>& head, const TrailLine& record) {
  return head && record.sequence == head->sequence + 1 && record.previous == head->hash;
}

}  // namespace

void ChainCheck::BeginFile(const TrailFile& file, bool is_newest) {
  file_ = file.name;
  named_sequence_ = file.first_sequence;
  is_newest_ = is_newest;
  file_has_record_ = false;
}

std::optional<TrailLine> ChainCheck::Add(const RawLine& line) {
  std::optional<TrailLine> record = line.is_whole ? ParseLine(line.text) : std::nullopt;
  if (!record) {
    AddUnreadable(line);
    return std::nullopt;
  }
  ++records_;
  if (first_sequence_ == 0) first_sequence_ = record->sequence;
  const Place place{line.number, record->sequence};
  if (!file_has_record_ && line.number == 1 && record->sequence != named_sequence_) {
    Report(FindingKind::kMisnamed, place,
           "the file's name says that it begins with record " + std::to_string(named_sequence_));
  }
  Follow(*record, place);
  file_has_record_ = true;
  return record;
}

void ChainCheck::AddUnreadable(const RawLine& line) {
  if (!line.is_whole) {
    Report(FindingKind::kTorn, {line.number, 0},
           is_newest_ ? "the last line is incomplete: a crash while it was written, or a cut"
                      : "the file ends inside a line");
    return;
  }
  ++excused_;
  Report(FindingKind::kUnreadable, {line.number, 0}, "this is not a line of a trail");
}

void ChainCheck::Follow(const TrailLine& record, Place place) {
  const bool is_true = RecordHash(record.previous, record.sequence, record.event) == record.hash;
  if (!is_true) Report(FindingKind::kChanged, place, "the record's hash does not fit the record");
  if (Continues(head_, record) || !head_) {
    head_ = ChainHead{record.sequence, record.hash};
    excused_ = 0;
  } else if (Continues(branch_, record)) {
    branch_ = ChainHead{record.sequence, record.hash};
  } else if (record.sequence > head_->sequence) {
    if (record.sequence == head_->sequence + 1 && is_true && excused_ == 0) {
      Report(FindingKind::kChanged, place,
             "it does not continue the record before it: that one, or this, was replaced");
    }
    JumpAhead(record, place);
  } else {
    StepBack(record, place);
  }
}

void ChainCheck::JumpAhead(const TrailLine& record, Place place) {
  const std::uint64_t expected = head_->sequence + 1;
  if (record.sequence > expected + excused_) {
    const bool between_files = !file_has_record_;
    missing_[expected] = {record.sequence - 1, findings_.size()};
    Report(between_files ? FindingKind::kCutOff : FindingKind::kGap, place,
           Numbers("record", expected, record.sequence - 1) + " missing before it");
  }
  head_ = ChainHead{record.sequence, record.hash};
  excused_ = 0;
}

// The number is not beyond the head: either it was jumped over before, or it has been used.
void ChainCheck::StepBack(const TrailLine& record, Place place) {
  auto range = missing_.upper_bound(record.sequence);
  if (range == missing_.begin() || std::prev(range)->second.last < record.sequence) {
    Report(FindingKind::kFork, place, "a second record with this number");
    branch_ = ChainHead{record.sequence, record.hash};
    return;
  }
  --range;
  const std::uint64_t first = range->first;
  const auto gap = range->second;
  missing_.erase(range);
  if (first < record.sequence) missing_[first] = {record.sequence - 1, gap.finding};
  if (record.sequence < gap.last) missing_[record.sequence + 1] = gap;
  const bool is_filled = std::none_of(missing_.begin(), missing_.end(), [&](const auto& other) {
    return other.second.finding == gap.finding;
  });
  if (is_filled) {
    findings_[gap.finding].kind = FindingKind::kReordered;
    findings_[gap.finding].what = "it stands before records that it followed";
  }
  Report(FindingKind::kReordered, place, "it stands after records that followed it");
}

void ChainCheck::Report(FindingKind kind, Place place, std::string what) {
  findings_.push_back({kind, file_, place.line, place.sequence, std::move(what)});
}

}  // namespace kmaas::audit
