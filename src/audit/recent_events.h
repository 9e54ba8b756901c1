// The ids of the newest write events in a trail, so that one delivered twice is written once.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>

namespace kmaas::audit {

// Not thread-safe: the leader of the moment uses it. Bounded; the oldest id goes first.
class RecentEvents {
 public:
  explicit RecentEvents(std::size_t ids_max) : ids_max_(ids_max) {}

  bool Contains(const std::string& id) const { return ids_.contains(id); }
  void Add(std::string id) {
    if (!ids_.insert(id).second) return;
    order_.push_back(std::move(id));
    if (order_.size() <= ids_max_) return;
    ids_.erase(order_.front());
    order_.pop_front();
  }

 private:
  std::size_t ids_max_;
  std::deque<std::string> order_;
  std::unordered_set<std::string> ids_;
};

}  // namespace kmaas::audit
