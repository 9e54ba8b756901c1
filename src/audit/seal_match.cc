#include "audit/seal_match.h"

#include <algorithm>

namespace kmaas::audit {
namespace {

bool Explains(const std::vector<Finding>& known, std::uint64_t first, std::uint64_t last) {
  return std::any_of(known.begin(), known.end(), [&](const Finding& finding) {
    return finding.sequence >= first && finding.sequence <= last;
  });
}

}  // namespace

SealMatch::SealMatch(const std::vector<PlacedSeal>& seals) {
  for (const PlacedSeal& one : seals)
    if (one.seal.last != 0 && one.seal.kind != SealKind::kRetired)
      points_.push_back({one, {}, {}, {}, {}});
  std::stable_sort(points_.begin(), points_.end(), [](const Point& one, const Point& other) {
    return one.by.seal.last < other.by.seal.last;
  });
  const auto is_same = [](const Point& one, const Point& other) {
    return one.by.seal.last == other.by.seal.last && one.by.seal.head == other.by.seal.head;
  };
  points_.erase(std::unique(points_.begin(), points_.end(), is_same), points_.end());
  for (std::size_t index = 0; index < points_.size(); ++index)
    by_record_.emplace(points_[index].by.seal.last, index);
}

void SealMatch::Add(const TrailLine& record, const std::string& file, std::uint64_t line) {
  if (first_.line == 0) first_ = {file, line};
  const auto before = by_record_.find(record.sequence - 1);
  if (before != by_record_.end() && points_[before->second].next.line == 0)
    points_[before->second].next = {file, line};
  const auto here = by_record_.find(record.sequence);
  if (here == by_record_.end()) return;
  Point& point = points_[here->second];
  if (!point.is_seen || record.hash == point.by.seal.head) point.at = {file, line};
  point.is_seen = true;
  point.is_true = point.is_true || record.hash == point.by.seal.head;
}

std::vector<Finding> SealMatch::Findings(const std::vector<Finding>& known, std::uint64_t first,
                                         std::uint64_t last, const Remark& end) const {
  std::vector<Finding> findings;
  std::uint64_t good = first - 1;
  Place begin = first_;
  bool goes_on = false;  // the records before were rewritten, so these must be, too
  for (const Point& point : points_) {
    const std::uint64_t sealed = point.by.seal.last;
    if (sealed < first) continue;
    const std::string by = "seal " + std::to_string(point.by.seal.number);
    if (sealed > last) {
      findings.push_back({FindingKind::kCutOff, end.file, end.line, last,
                          Numbers("record", last + 1, points_.back().by.seal.last) +
                              " missing behind it, which " + by + " covers"});
      break;
    }
    if (point.is_true) {
      good = sealed;
      begin = point.next;
      goes_on = false;
      continue;
    }
    const bool is_explained = Explains(known, good + 1, sealed + 1);
    if (point.is_seen && !goes_on && !is_explained) {
      findings.push_back({FindingKind::kRewritten, begin.file, begin.line, good + 1,
                          "among " + Numbers("record", good + 1, sealed) +
                              " are such that were not there when " + by + " was made"});
    }
    goes_on = true;
  }
  return findings;
}

std::uint64_t SealMatch::sealed() const {
  const auto last = std::find_if(points_.rbegin(), points_.rend(),
                                 [](const Point& point) { return point.is_true; });
  return last == points_.rend() ? 0 : last->by.seal.last;
}

}  // namespace kmaas::audit
