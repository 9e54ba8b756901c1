// What is counted now and then rather than when somebody asks: keys by state, and what ends when.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "domain/key.h"
#include "records/catalog.h"

namespace kmaas::app {

// A moment's count.
struct KeyCounts {
  std::array<std::uint64_t, domain::kCount<domain::KeyState>> by_state{};
  std::uint64_t expiring = 0;  // keys with imported material that ends
  std::optional<WallTime> first_deletion;
  std::optional<WallTime> first_expiry;
};

struct CertificateEnd {
  std::string setting;  // "https.certificate"
  WallTime end{};
};

struct InventoryFacts {
  std::optional<KeyCounts> keys;  // absent until they have been counted once
  WallTime counted{};
  std::vector<CertificateEnd> certificates;  // of files that can be read
};

// Of all keys, read a page at a time and past the caches. Fails as the catalog does.
Result<KeyCounts> CountKeys(records::Catalog& catalog);

// Thread-safe. A thread of its own counts at once and then after each interval, or fifty times as
// long as counting took, if that is longer: it never costs more than a fiftieth of a processor.
// What cannot be counted is logged, and the last facts stay. Borrows catalog and clock.
class Inventory {
 public:
  struct CertificateFile {
    std::string setting;
    std::string file;
  };
  Inventory(records::Catalog& catalog, const Clock& clock,
            std::vector<CertificateFile> certificates, std::chrono::seconds interval);
  ~Inventory();  // waits for a count that is under way
  Inventory(const Inventory&) = delete;
  Inventory& operator=(const Inventory&) = delete;

  // Other files from the next count on.
  void Watch(std::vector<CertificateFile> certificates) noexcept;
  InventoryFacts facts() const;

 private:
  void Run();
  void Count();

  records::Catalog& catalog_;
  const Clock& clock_;
  const std::chrono::seconds interval_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<CertificateFile> certificates_;
  std::condition_variable ended_;
  bool ending_ = false;
  InventoryFacts facts_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace kmaas::app
