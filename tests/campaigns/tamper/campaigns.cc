#include "tests/campaigns/tamper/campaigns.h"

#include <random>
#include <stdexcept>

#include "storage/integrity_alarm.h"
#include "storage/sqlite/migrations.h"
#include "tests/campaigns/tamper/plants.h"
#include "tests/campaigns/tamper/progress.h"
#include "tests/campaigns/tamper/row_edits.h"
#include "tests/campaigns/tamper/wal_checksums.h"

namespace kmaas::campaigns {
namespace {

using storage::OpenMode;

constexpr std::uint64_t kAskInATransactionEvery = 8;
constexpr std::size_t kPrefix = 24;
constexpr auto kKinds = static_cast<std::uint64_t>(EditKind::kKinds);

std::unique_ptr<storage::SqliteStore> Require(
    Result<std::unique_ptr<storage::SqliteStore>> opened) {
  if (!opened) throw std::runtime_error(opened.error().detail);
  return *std::move(opened);
}

void AskAbout(const World& world, ports::Reader& store, const RowEdits& edits, Tally& tally) {
  for (const auto& [table, key] : edits.touched()) {
    world.Ask(store, table, key, tally);
    world.AskList(store, table, key.substr(0, kPrefix), tally);
  }
}

// As a change sees it, which is then not made.
void AskInATransaction(const World& world, storage::SqliteStore& store, const RowEdits& edits,
                       Tally& tally) {
  (void)store.Write(
      [&](ports::Transaction& change) -> Result<void> {
        AskAbout(world, change, edits, tally);
        return Error{ErrorCode::kDisabled, ""};
      },
      Deadline::Never());
}

// The edit was named by the refusal to open, or its answers count.
void TryToServe(World& world, Tally& tally,
                const std::function<void(storage::SqliteStore&)>& questions) {
  const std::uint64_t alarms = storage::IntegrityCountersOfProcess().alarms;
  const auto store = world.TryServe(OpenMode::kReadOnly);
  if (store) return questions(**store);
  ++(storage::IntegrityCountersOfProcess().alarms > alarms ? tally.refused : tally.silent);
}

}  // namespace

Tally EditWhileOpen(World& world, std::uint64_t edits, std::uint64_t seed) {
  const auto store = Require(world.TryOpen(OpenMode::kOpenExisting));
  RawFile file(world.path());
  RowEdits rows(world, file, seed);
  Tally tally;
  for (; tally.edits < edits; ++tally.edits) {
    ShowProgress(tally);
    rows.Make(static_cast<EditKind>(tally.edits % kKinds));
    const std::uint64_t refused = tally.refused;
    AskAbout(world, *store, rows, tally);
    if (tally.edits % kAskInATransactionEvery == 0) AskInATransaction(world, *store, rows, tally);
    if (tally.refused == refused) ++tally.unnoticed;
    rows.Undo();
    Tally after;
    AskAbout(world, *store, rows, after);
    tally.stuck += after.refused + after.silent + after.wrong;
  }
  return tally;
}

Tally EditWhileClosed(World& world, std::uint64_t edits, std::uint64_t seed) {
  RawFile file(world.path());
  RowEdits rows(world, file, seed);
  const std::string head_table(storage::kHeadTable);
  const auto& [head_key, old_head] = *world.older().at(head_table).begin();
  Tally tally;
  for (; tally.edits < edits; ++tally.edits) {
    ShowProgress(tally);
    const std::uint64_t kind = tally.edits % (kKinds + 2);
    const std::uint64_t refused = tally.refused;
    if (kind < kKinds) {
      rows.Make(static_cast<EditKind>(kind));
    } else if (kind == kKinds) {
      file.Put(head_table, head_key, old_head);
    } else {
      file.Remove(head_table, head_key);
    }
    TryToServe(world, tally, [&](auto& store) {
      AskAbout(world, store, rows, tally);
      world.AskAll(store, tally);
    });
    if (tally.refused == refused) ++tally.unnoticed;
    if (kind < kKinds) rows.Undo();
    file.Put(head_table, head_key, world.now().at(head_table).at(head_key));
  }
  TryToServe(world, tally, [&](auto& store) { world.AskAll(store, tally); });
  return tally;
}

namespace {

// Every `unit` bytes from `begin` on, `bits` times: `try_it` with one bit of the content flipped.
void FlipEach(std::string content, std::size_t begin, std::size_t unit, unsigned bits,
              std::uint64_t seed, Tally& tally,
              const std::function<void(const std::string&)>& try_it) {
  std::mt19937_64 random(seed);
  for (std::size_t at = begin; at + unit <= content.size(); at += unit) {
    for (unsigned flip = 0; flip < bits; ++flip, ++tally.edits) {
      const std::size_t bit = random() % (unit * 8);
      char& byte = content[at + bit / 8];
      const char before = byte;
      byte = static_cast<char>(byte ^ (1 << (bit % 8)));
      try_it(content);
      ShowProgress(tally);
      byte = before;
    }
  }
}

}  // namespace

Tally FlipPages(World& world, unsigned bits, std::uint64_t seed) {
  Require(world.TryOpen(OpenMode::kOpenExisting)).reset();  // leaves no WAL
  const std::string intact = ContentOf(world.path());
  Tally tally;
  FlipEach(intact, 0, kPageBytes, bits, seed, tally, [&](const std::string& content) {
    world.RemoveSidecars();
    Overwrite(world.path(), content);
    TryToServe(world, tally, [&](auto& store) { world.AskAll(store, tally); });
  });
  world.RemoveSidecars();
  Overwrite(world.path(), intact);
  return tally;
}

namespace {

constexpr std::size_t kRowsOfACommit = 64;

// Raw edits, so many in a commit.
class Commits {
 public:
  explicit Commits(RawFile& file) : file_(file) { file_.Run("BEGIN"); }
  ~Commits() { file_.Run("COMMIT"); }
  RawFile& Next() {
    if (++edits_ % kRowsOfACommit == 0) file_.Run("COMMIT; BEGIN");
    return file_;
  }

 private:
  RawFile& file_;
  std::size_t edits_ = 0;
};

// The rows as they were before their last change, with those that were deleted since.
void PutOlder(const World& world, RawFile& file) {
  Commits commits(file);
  for (const auto& [table, rows] : world.older())
    for (const auto& [key, row] : rows) commits.Next().Put(table, key, row);
}

void PutNewest(const World& world, RawFile& file) {
  Commits commits(file);
  for (const auto& [table, rows] : world.older())
    for (const auto& [key, row] : rows)
      if (!world.now().at(table).contains(key)) commits.Next().Remove(table, key);
  for (const auto& [table, rows] : world.now())
    for (const auto& [key, row] : rows) commits.Next().Put(table, key, row);
}

}  // namespace

Tally FlipWalFrames(World& world, Checksums checksums, unsigned bits, std::uint64_t seed) {
  const std::string intact = ContentOf(world.path());
  std::string wal;
  std::string main;
  {
    RawFile file(world.path());
    PutOlder(world, file);
    file.Run("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint=0");
    PutNewest(world, file);
    main = ContentOf(world.path());
    wal = ContentOf(world.path() + "-wal");
  }
  if (WithChecksums(wal) != wal) throw std::runtime_error("the checksums of a WAL are others");
  Tally tally;
  const auto try_it = [&](const std::string& content) {
    world.RemoveSidecars();
    Overwrite(world.path(), main);
    Overwrite(world.path() + "-wal",
              checksums == Checksums::kMadeToFit ? WithChecksums(content) : content);
    const std::uint64_t refused = tally.refused;
    TryToServe(world, tally, [&](auto& store) { world.AskAll(store, tally); });
    if (checksums == Checksums::kAsWritten && tally.refused == refused) ++tally.unnoticed;
  };
  FlipEach(wal, kWalHeaderBytes, kWalFrameBytes, bits, seed, tally, try_it);
  world.RemoveSidecars();
  Overwrite(world.path(), intact);
  return tally;
}

Tally MoveBlobs(World& world) {
  const auto store = Require(world.TryOpen(OpenMode::kOpenExisting));
  RawFile file(world.path());
  const std::string table = "key_materials";
  const RawTable& rows = world.now().at(table);
  Tally tally;
  for (const auto& [key, own] : rows) {
    for (const auto& [other_key, other] : rows) {
      if (other_key == key) continue;
      ++tally.edits;
      ShowProgress(tally);
      // In turn with its own MAC and with that of the place where it is put.
      file.Put(table, key, {other.value, tally.edits % 2 == 0 ? other.mac : own.mac});
      const std::uint64_t refused = tally.refused;
      world.Ask(*store, table, key, tally);
      if (tally.refused == refused) ++tally.unnoticed;
    }
    file.Put(table, key, own);
    Tally after;
    world.Ask(*store, table, key, after);
    tally.stuck += after.refused + after.silent + after.wrong;
  }
  return tally;
}

namespace {

void Change(World& world, std::uint64_t number) {
  const NothingLeftOut as_it_should_be;
  const auto store = Require(world.TryOpen(OpenMode::kOpenExisting));
  const auto written = store->Write(
      [number](ports::Transaction& change) {
        return change.Put("keys", "rolled", std::to_string(number));
      },
      Deadline::Never());
  if (!written) throw std::runtime_error(written.error().detail);
}

}  // namespace

Tally RollBack(std::uint64_t states) {
  World world(4);
  std::vector<std::string> copies;
  for (std::uint64_t state = 0; state <= states; ++state) {
    Change(world, state);
    copies.push_back(ContentOf(world.path()));
  }
  Overwrite(world.path(), copies[states - 1]);
  Change(world, states + 1);  // as many commits as the newest, another last one
  const std::string fork = ContentOf(world.path());
  Overwrite(world.path(), copies.back());
  world.TakeAsNewest();
  copies.back() = fork;
  Tally tally;
  for (const std::string& copy : copies) {
    ++tally.edits;
    ShowProgress(tally);
    const std::uint64_t refused = tally.refused;
    world.RemoveSidecars();
    Overwrite(world.path(), copy);
    TryToServe(world, tally, [&](auto& store) { world.AskAll(store, tally); });
    if (tally.refused == refused) ++tally.unnoticed;
  }
  return tally;
}

}  // namespace kmaas::campaigns
