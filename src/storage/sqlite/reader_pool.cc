#include "storage/sqlite/reader_pool.h"

#include "base/blocking.h"

namespace kmaas::storage {

void ReaderPool::Add(std::unique_ptr<ReadConnection> reader) {
  const std::lock_guard lock(mutex_);
  free_.push_back(reader.get());
  all_.push_back(std::move(reader));
}

ReaderPool::Lease ReaderPool::Borrow() {
  std::unique_lock lock(mutex_);
  if (free_.empty()) {
    const Blocking blocking;
    returned_.wait(lock, [this] { return !free_.empty(); });
  }
  ReadConnection* const reader = free_.back();
  free_.pop_back();
  return {*this, reader};
}

void ReaderPool::Return(ReadConnection* reader) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(reader);
  }
  returned_.notify_one();
}

}  // namespace kmaas::storage
