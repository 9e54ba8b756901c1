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

void ApplySectors(const DiskEntry& entry, const std::vector<bool>& surviving,
                  std::string& content) {
  if (entry.kind == DiskEntry::kCut) return Apply(entry, surviving.at(0) ? 1 : 0, content);
  for (std::size_t sector = 0; sector < surviving.size(); ++sector) {
    if (!surviving[sector]) continue;
    const std::size_t from = sector * kSectorBytes;
    const std::size_t size = std::min(kSectorBytes, entry.bytes.size() - from);
    Apply({entry.kind, entry.path, entry.at + from, entry.bytes.substr(from, size)}, size, content);
  }
}

std::size_t SizeOf(const DiskEntry& entry) {
  return entry.kind == DiskEntry::kCut ? 1 : entry.bytes.size();
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
  return Replay(entries, [&](const DiskEntry& entry, std::string& content) {
    Apply(entry, survives(SizeOf(entry)), content);
  });
}

DiskImage DiskLog::WithHoles(std::size_t entries, const SurvivingSectors& survives) const {
  return Replay(entries, [&](const DiskEntry& entry, std::string& content) {
    ApplySectors(entry, survives((SizeOf(entry) + kSectorBytes - 1) / kSectorBytes), content);
  });
}

DiskImage DiskLog::Replay(std::size_t entries, const ApplyLost& apply) const {
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
    const auto last = flushed.find(entry.path);
    if (last != flushed.end() && number < last->second) {
      Apply(entry, SizeOf(entry), image[entry.path]);
    } else {
      apply(entry, image[entry.path]);
    }
  }
  return image;
}

}  // namespace kmaas::storage
