// Handles of loaded keys by material id: least recently used go first.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/secret_bytes.h"
#include "crypto/public_key.h"
#include "domain/ids.h"
#include "hsm/cryptoki.h"

namespace kmaas::hsm {

enum class KeyHome { kSession, kToken, kProcess };

struct LoadedKey {
  ObjectHandle handle;
  KeyHome home;
  // Of custody process, which has no handle: in the form in which it is used.
  std::shared_ptr<const SecretBytes> secret = nullptr;
  // Of a key pair in the token, whose answers are checked by it.
  std::optional<crypto::PublicKey> public_key = std::nullopt;
};

// Thread-safe. Belongs to one engine generation, as the handles do. A reference keeps its key from
// being destroyed, not from being evicted. What is in the process is wiped with its last reference.
class MaterialCache {
 public:
  using Reference = std::shared_ptr<const LoadedKey>;

  explicit MaterialCache(std::size_t capacity) : capacity_(capacity == 0 ? 1 : capacity) {}

  Reference Find(const domain::MaterialId& id);  // null when it is not loaded
  // When two threads loaded the same key, the first stays and both get it.
  Reference Insert(const domain::MaterialId& id, LoadedKey key);
  void Erase(const domain::MaterialId& id);
  // Session objects that were evicted and that nobody uses any more: the caller destroys them.
  std::vector<ObjectHandle> TakeDead();
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  std::uint64_t hits() const { return hits_.load(std::memory_order_relaxed); }
  std::uint64_t misses() const { return misses_.load(std::memory_order_relaxed); }

 private:
  struct Entry {
    domain::MaterialId id;
    Reference key;
  };
  // Material ids are random, so any eight of their bytes are a hash.
  struct Hash {
    std::size_t operator()(const domain::MaterialId& id) const {
      std::size_t hash = 0;
      std::memcpy(&hash, id.bits.data(), sizeof hash);
      return hash;
    }
  };
  void Evict(std::list<Entry>::iterator entry);
  void Retire(Reference key);

  std::size_t capacity_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<domain::MaterialId, std::list<Entry>::iterator, Hash> index_;
  std::vector<Reference> evicted_;
  std::atomic<std::size_t> size_{0};
  std::atomic<std::uint64_t> hits_{0};
  std::atomic<std::uint64_t> misses_{0};
};

}  // namespace kmaas::hsm
