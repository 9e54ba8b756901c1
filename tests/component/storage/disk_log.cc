#include "tests/component/storage/disk_log.h"

#include <algorithm>

namespace kmaas::storage {
namespace {

void Apply(const DiskEntry& entry, std::size_t surviving, std::string& content) {
  if (entry.kind == DiskEntry::kCut) {
    if (surviving > 0) content.resize(entry.at);
    return;
  }
  if (surviving == 0) return;
  content.resize(std::max<std::size_t>(content.size(), entry.at + surviving));
  std::copy_n(entry.bytes.begin(), surviving,
              content.begin() + static_cast<std::ptrdiff_t>(entry.at));
}

}  // namespace

void DiskLog::Add(DiskEntry entry) {
  const std::lock_guard lock(mutex_);
  entries_.push_back(std::move(entry));
}

std::size_t DiskLog::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

DiskImage DiskLog::AfterPowerLoss(std::size_t entries, const Survives& survives) const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::size_t> flushed;  // the number of the last flush of each file
  for (std::size_t number = 0; number < entries; ++number)
    if (entries_[number].kind == DiskEntry::kFlush) flushed[entries_[number].path] = number;
  DiskImage image;
  for (std::size_t number = 0; number < entries; ++number) {
    const DiskEntry& entry = entries_[number];
    if (entry.kind == DiskEntry::kFlush) continue;
    if (entry.kind == DiskEntry::kDelete) {
      image.erase(entry.path);
      continue;
    }
    const std::size_t size = entry.kind == DiskEntry::kCut ? 1 : entry.bytes.size();
    const auto last = flushed.find(entry.path);
    const bool is_safe = last != flushed.end() && number < last->second;
    Apply(entry, is_safe ? size : survives(size), image[entry.path]);
  }
  return image;
}

}  // namespace kmaas::storage
