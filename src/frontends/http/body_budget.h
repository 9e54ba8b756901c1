// How much memory the bodies of all connections may take together.
#pragma once

#include <atomic>
#include <cstddef>

namespace kmaas::http {

// Thread-safe. Each body has a bound of its own, and a slow one may take its time: thousands of
// them that are never finished would be gigabytes.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;

  // What one body has taken; gives it back when it ends. Borrows the budget. Not thread-safe.
  class Share {
   public:
    explicit Share(BodyBudget& budget) : budget_(budget) {}
    ~Share() { GiveBack(); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // Of a body that has so many bytes by now: false when there is no room for it. Small ones,
    // which nearly all are, have room in what connections are counted by.
    bool Cover(std::size_t bytes) {
      if (bytes <= kFreeBytes || bytes <= taken_) return true;
      const std::size_t more = bytes - taken_;
      if (budget_.used_.fetch_add(more, std::memory_order_relaxed) + more > budget_.bytes_max_) {
        budget_.used_.fetch_sub(more, std::memory_order_relaxed);
        return false;
      }
      taken_ = bytes;
      return true;
    }
    void GiveBack() {
      if (taken_ > 0) budget_.used_.fetch_sub(taken_, std::memory_order_relaxed);
      taken_ = 0;
    }

   private:
    static constexpr std::size_t kFreeBytes = std::size_t{16} << 10U;
    BodyBudget& budget_;
    std::size_t taken_ = 0;
  };

 private:
  const std::size_t bytes_max_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace kmaas::http
