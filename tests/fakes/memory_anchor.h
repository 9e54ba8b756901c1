// An anchor in memory, which fails when told to.
#pragma once

#include <functional>
#include <mutex>

#include "ports/store_head.h"

namespace kmaas::fakes {

// Thread-safe. Refuses to be set back, as the token's does.
class MemoryAnchor final : public ports::TokenAnchor {
 public:
  Result<std::optional<ports::StoreHead>> ReadAnchor(Deadline /*deadline*/) override {
    const std::lock_guard lock(mutex_);
    if (failing_) return Failure();
    return head_;
  }
  Result<void> WriteAnchor(const ports::StoreHead& head, Deadline /*deadline*/) override {
    if (before_write) before_write();
    const std::lock_guard lock(mutex_);
    if (failing_) return Failure();
    if (head_ && head_->epoch >= head.epoch && *head_ != head)
      return Error{ErrorCode::kConflict, "", "the anchor is of a later epoch"};
    head_ = head;
    ++writes_;
    return {};
  }

  void Fail(bool failing) {
    const std::lock_guard lock(mutex_);
    failing_ = failing;
  }
  std::optional<ports::StoreHead> head() const {
    const std::lock_guard lock(mutex_);
    return head_;
  }
  int writes() const {
    const std::lock_guard lock(mutex_);
    return writes_;
  }
  std::function<void()> before_write;  // set while nobody writes

 private:
  static Error Failure() { return {ErrorCode::kDependencyTimeout, "", "the token is away"}; }

  mutable std::mutex mutex_;
  std::optional<ports::StoreHead> head_;
  bool failing_ = false;
  int writes_ = 0;
};

}  // namespace kmaas::fakes
