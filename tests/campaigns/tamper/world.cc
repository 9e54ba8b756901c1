#include "tests/campaigns/tamper/world.h"

#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "records/tables.h"
#include "storage/integrity_alarm.h"
#include "storage/sqlite/migrations.h"
#include "tests/campaigns/tamper/plants.h"

namespace kmaas::campaigns {
namespace {

constexpr std::size_t kKeysPerCommit = 50;
constexpr char kAccount[] = "111122223333";
constexpr char kRegion[] = "eu-central-1";

domain::KeyId IdOf(std::size_t number) {
  std::string text = "00000000-0000-4000-8000-000000000000";
  // Spread over all ids, as random ones are.
  std::uint64_t spread = number * 0x9e3779b97f4a7c15U;
  for (std::size_t place = 0; place < 8; ++place, spread >>= 4U)
    text[place] = "0123456789abcdef"[spread & 15U];
  const std::string last = std::to_string(number);
  text.replace(text.size() - last.size(), last.size(), last);
  return *domain::KeyId::Parse(text);
}

// The rows of one key at one time. In version 0 there is a second alias, which version 1 has not.
Result<void> WriteKey(ports::Transaction& change, std::size_t number, std::size_t version) {
  domain::Key key;
  key.id = IdOf(number);
  key.account = kAccount;
  key.region = kRegion;
  key.description = "version " + std::to_string(version);
  key.state = version == 0 ? domain::KeyState::kEnabled : domain::KeyState::kDisabled;
  domain::KeyMaterial material;
  material.key_id = key.id;
  material.account = kAccount;
  material.region = kRegion;
  material.id.bits.fill(static_cast<std::uint8_t>(number));
  material.blob.assign(40, static_cast<std::uint8_t>(number * 7 + version));
  material.blob.push_back(static_cast<std::uint8_t>(number >> 8U));
  using records::Table;
  const std::string id = key.id.ToText();
  const std::string alias = std::string(kAccount) + "/" + kRegion + "/alias/" + id;
  KM_CHECK(change.Put("keys", Table<domain::Key>::RowKey(key), Table<domain::Key>::Encode(key)));
  KM_CHECK(change.Put("key_materials", Table<domain::KeyMaterial>::RowKey(material),
                      Table<domain::KeyMaterial>::Encode(material)));
  KM_CHECK(change.Put("key_policies", Table<domain::Key>::RowKey(key),
                      "policy of " + id + " " + std::to_string(version)));
  KM_CHECK(change.Put("aliases", alias, id + std::to_string(version)));
  if (version == 0) return change.Put("aliases", alias + "/gone", id);
  return change.Delete("aliases", alias + "/gone");
}

}  // namespace

storage::RowMac CampaignMac() { return storage::RowMac(SecretBytes(Bytes(32, 7))); }

World::World(std::size_t keys) : keys_(keys) {
  const NothingLeftOut as_it_should_be;
  auto store = TryOpen(storage::OpenMode::kCreate);
  if (!store) throw std::runtime_error(store.error().detail);
  Write(**store, 0);
  older_ = RawFile(path()).Read();
  Write(**store, 1);
  store->reset();
  TakeAsNewest();
  for (const auto& [table, rows] : now_)
    if (!rows.empty() && table != storage::kHeadTable) tables_.push_back(table);
}

void World::TakeAsNewest() {
  const NothingLeftOut as_it_should_be;
  auto store = TryOpen(storage::OpenMode::kOpenExisting);
  if (!store) throw std::runtime_error(store.error().detail);
  now_ = RawFile(path()).Read();
  anchored_ = (*store)->head();
}

void World::Write(storage::SqliteStore& store, std::size_t version) const {
  for (std::size_t first = 0; first < keys_; first += kKeysPerCommit) {
    const auto written = store.Write(
        [&](ports::Transaction& change) -> Result<void> {
          for (std::size_t key = first; key < std::min(first + kKeysPerCommit, keys_); ++key)
            KM_CHECK(WriteKey(change, key, version));
          return {};
        },
        Deadline::Never());
    if (!written) throw std::runtime_error(written.error().detail);
  }
}

Result<std::unique_ptr<storage::SqliteStore>> World::TryOpen(storage::OpenMode mode) {
  storage::SqliteOptions options;
  options.path = path();
  options.mode = mode;
  return storage::SqliteStore::Open(options, CampaignMac(), clock_);
}

Result<std::unique_ptr<storage::SqliteStore>> World::TryServe(storage::OpenMode mode) {
  KM_TRY(auto store, TryOpen(mode));
  if (IsAnchorLeftOut() || store->head() == anchored_) return store;
  return storage::RaiseAlarm("store_head", "", "the token remembers another head");
}

void World::RemoveSidecars() const {
  for (const char* suffix : {"-wal", "-shm"}) unlink((path() + suffix).c_str());
}

std::string World::Ask(ports::Reader& store, const std::string& table, const std::string& key,
                       Tally& tally) const {
  const std::uint64_t alarms = storage::IntegrityCountersOfProcess().alarms;
  const auto answer = store.Get(table, key);
  if (!answer) {
    ++(storage::IntegrityCountersOfProcess().alarms > alarms ? tally.refused : tally.silent);
    return answer.error().detail;
  }
  const RawTable& rows = now_.at(table);
  const auto expected = rows.find(key);
  const bool is_equal =
      expected == rows.end() ? !answer->has_value() : *answer == expected->second.value;
  ++(is_equal ? tally.equal : tally.wrong);
  return "";
}

std::string World::AskList(ports::Reader& store, const std::string& table,
                           const std::string& prefix, Tally& tally) const {
  const std::uint64_t alarms = storage::IntegrityCountersOfProcess().alarms;
  const auto answer = store.List({table, prefix, {}, 1'000'000});
  if (!answer) {
    ++(storage::IntegrityCountersOfProcess().alarms > alarms ? tally.refused : tally.silent);
    return answer.error().detail;
  }
  auto expected = now_.at(table).lower_bound(prefix);
  bool is_equal = true;
  for (const ports::Row& row : *answer) {
    is_equal = is_equal && expected != now_.at(table).end() && expected->first == row.key &&
               expected->second.value == row.value;
    if (!is_equal) break;
    ++expected;
  }
  const bool is_over = expected == now_.at(table).end() || !expected->first.starts_with(prefix);
  ++(is_equal && is_over ? tally.equal : tally.wrong);
  return "";
}

void World::AskAll(ports::Reader& store, Tally& tally) const {
  for (const auto& [table, rows] : now_)
    if (table != storage::kHeadTable) AskList(store, table, "", tally);
}

}  // namespace kmaas::campaigns
