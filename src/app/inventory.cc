#include "app/inventory.h"

#include <algorithm>
#include <exception>
#include <typeinfo>
#include <utility>

#include "app/certificate_check.h"
#include "base/log.h"
#include "records/every_row.h"

namespace kmaas::app {
namespace {

constexpr int kRestForEach = 50;

void TakeEarlier(std::optional<WallTime>& first, const std::optional<WallTime>& other) {
  if (other && (!first || *other < *first)) first = other;
}

}  // namespace

Result<KeyCounts> CountKeys(records::Catalog& catalog) {
  KeyCounts counts;
  KM_CHECK(records::ForEachRow<domain::Key>(catalog, "", [&](const domain::Key& key) {
    ++counts.by_state[static_cast<std::size_t>(key.state)];
    if (key.deletion) TakeEarlier(counts.first_deletion, key.deletion->date);
    if (key.valid_to) ++counts.expiring;
    TakeEarlier(counts.first_expiry, key.valid_to);
  }));
  return counts;
}

Inventory::Inventory(records::Catalog& catalog, const Clock& clock,
                     std::vector<CertificateFile> certificates, std::chrono::seconds interval)
    : catalog_(catalog),
      clock_(clock),
      interval_(interval),
      certificates_(std::move(certificates)),
      thread_([this] { Run(); }) {}

Inventory::~Inventory() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

InventoryFacts Inventory::facts() const {
  const std::lock_guard lock(mutex_);
  return facts_;
}

void Inventory::Run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    lock.unlock();
    const SteadyTime began = clock_.SteadyNow();
    try {
      Count();
    } catch (const std::exception& failure) {
      log::Error("inventory_not_taken", {{"type", typeid(failure).name()}});
    }
    const auto rest =
        std::max<SteadyTime::duration>(interval_, (clock_.SteadyNow() - began) * kRestForEach);
    lock.lock();
    ended_.wait_for(lock, rest, [this] { return ending_; });
  }
}

void Inventory::Watch(std::vector<CertificateFile> certificates) noexcept {
  const std::lock_guard lock(mutex_);
  certificates_.swap(certificates);
}

void Inventory::Count() {
  InventoryFacts fresh;
  std::vector<CertificateFile> files;
  {
    const std::lock_guard lock(mutex_);
    files = certificates_;
  }
  for (const CertificateFile& one : files) {
    const Result<WallTime> end = FirstEndOf(one.file, one.setting);
    // What is wrong with a file is said by whoever takes it.
    if (end) fresh.certificates.push_back({one.setting, *end});
  }
  Result<KeyCounts> keys = CountKeys(catalog_);
  if (!keys) log::Warning("keys_not_counted", {{"detail", keys.error().detail}});
  fresh.counted = clock_.Now();
  const std::lock_guard lock(mutex_);
  if (keys) {
    fresh.keys = *std::move(keys);
  } else {
    fresh.keys = facts_.keys;
    fresh.counted = facts_.counted;
  }
  facts_ = std::move(fresh);
}

}  // namespace kmaas::app
