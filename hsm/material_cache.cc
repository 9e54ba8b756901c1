// The cache of key handles.
#include "hsm/material_cache.h"

#include <utility>

namespace kmaas::hsm {

MaterialCache::Reference MaterialCache::Find(const domain::MaterialId& id) {
  const std::lock_guard lock(mutex_);
  const auto found = index_.find(id);
  const bool is_loaded = found != index_.end();
  (is_loaded ? hits_ : misses_).fetch_add(1, std::memory_order_relaxed);
  if (!is_loaded) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->key;
}

MaterialCache::Reference MaterialCache::Insert(const domain::MaterialId& id, LoadedKey key) {
  const std::lock_guard lock(mutex_);
  auto fresh = std::make_shared<const LoadedKey>(std::move(key));
  if (const auto found = index_.find(id); found != index_.end()) {
    Retire(std::move(fresh));
    return found->second->key;
  }
  while (entries_.size() >= capacity_) Evict(std::prev(entries_.end()));
  entries_.push_front({id, fresh});
  index_.emplace(id, entries_.begin());
  size_.store(entries_.size(), std::memory_order_relaxed);
  return fresh;
}

void MaterialCache::Erase(const domain::MaterialId& id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = index_.find(id); found != index_.end()) Evict(found->second);
  size_.store(entries_.size(), std::memory_order_relaxed);
}

void MaterialCache::Retire(Reference key) {
  if (key->home != KeyHome::kProcess) evicted_.push_back(std::move(key));
}

void MaterialCache::Evict(std::list<Entry>::iterator entry) {
  Retire(std::move(entry->key));
  index_.erase(entry->id);
  entries_.erase(entry);
}

std::vector<ObjectHandle> MaterialCache::TakeDead() {
  const std::lock_guard lock(mutex_);
  std::vector<ObjectHandle> dead;
  // Nobody can get a new reference to what is evicted, so a count of one stays one.
  std::erase_if(evicted_, [&](const Reference& key) {
    if (key.use_count() > 1) return false;
    if (key->home == KeyHome::kSession) dead.push_back(key->handle);
    return true;
  });
  return dead;
}

}  // namespace kmaas::hsm
