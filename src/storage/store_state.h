// What all connections of one open database share.
#pragma once

#include <atomic>
#include <mutex>
#include <span>
#include <string_view>

#include "storage/head_record.h"
#include "storage/leaf_directory.h"

namespace kmaas::storage {

// `commits` is held from a commit until the directory knows of it: who holds it finds both alike.
// `head` is the writer's; others ask for `published`. Thread-safe but for `head`.
struct StoreState {
  StoreState(RowMac row_mac, std::span<const std::string_view> tables)
      : mac(std::move(row_mac)), hash(mac), directory(tables) {}

  void Publish(const HeadRecord& record) {
    const ports::StoreHead next = ToStoreHead(hash, record);
    const std::lock_guard lock(published_mutex_);
    published_ = next;
    clock_floor_ = FromEpochMillis(record.clock_floor);
  }
  ports::StoreHead published() const {
    const std::lock_guard lock(published_mutex_);
    return published_;
  }
  WallTime clock_floor() const {
    const std::lock_guard lock(published_mutex_);
    return clock_floor_;
  }

  const RowMac mac;
  const SetHash hash;
  LeafDirectory directory;
  std::mutex commits;
  HeadRecord head;
  std::atomic<std::uint64_t> epoch_min{0};  // of the commits to come

 private:
  mutable std::mutex published_mutex_;
  ports::StoreHead published_;
  WallTime clock_floor_{};
};

}  // namespace kmaas::storage
