// A database of many keys, what each row was and had been, and how answers compare with it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ports/store_head.h"
#include "storage/sqlite/sqlite_store.h"
#include "tests/campaigns/tamper/raw_file.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::campaigns {

// What came of the answers to questions about a database that somebody edited.
struct Tally {
  std::uint64_t edits = 0;
  std::uint64_t equal = 0;      // answers as without the edit
  std::uint64_t refused = 0;    // with an integrity alarm
  std::uint64_t silent = 0;     // refused without one
  std::uint64_t wrong = 0;      // another answer
  std::uint64_t unnoticed = 0;  // edits of rows after which nothing was refused
  std::uint64_t misnamed = 0;   // alarms that name a row that was not edited
  std::uint64_t stuck = 0;      // questions refused although the edit had been taken back

  bool is_good() const { return wrong == 0 && unnoticed == 0 && misnamed == 0 && stuck == 0; }
};

class World {
 public:
  explicit World(std::size_t keys);

  std::string path() const { return directory_.File("kmaas.db"); }
  std::size_t keys() const { return keys_; }
  const RawContent& now() const { return now_; }
  // As rows were before their last change, and rows that were deleted since.
  const RawContent& older() const { return older_; }
  const ports::StoreHead& anchored() const { return anchored_; }
  // "aliases", "keys" ...: those with rows.
  const std::vector<std::string>& tables() const { return tables_; }

  Result<std::unique_ptr<storage::SqliteStore>> TryOpen(storage::OpenMode mode);
  // As a server that asks the token: an older head than the anchored one is refused.
  Result<std::unique_ptr<storage::SqliteStore>> TryServe(storage::OpenMode mode);
  // What lies there now is what every answer is compared with, and what the token remembers.
  void TakeAsNewest();
  // Leaves nothing but the main file.
  void RemoveSidecars() const;

  // Both: what was said by a refusal, or nothing.
  std::string Ask(ports::Reader& store, const std::string& table, const std::string& key,
                  Tally& tally) const;
  std::string AskList(ports::Reader& store, const std::string& table, const std::string& prefix,
                      Tally& tally) const;
  void AskAll(ports::Reader& store, Tally& tally) const;

 private:
  void Write(storage::SqliteStore& store, std::size_t version) const;

  const std::size_t keys_;
  fakes::TemporaryDirectory directory_;
  fakes::ManualClock clock_;
  RawContent now_;
  RawContent older_;
  std::vector<std::string> tables_;
  ports::StoreHead anchored_;
};

storage::RowMac CampaignMac();

}  // namespace kmaas::campaigns
