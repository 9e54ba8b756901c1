#include "lifecycle/root_rotation.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace kmaas::lifecycle {
namespace {

using Materials = records::Table<domain::KeyMaterial>;

constexpr std::size_t kRowsPerRead = 500;
// How many rows one step looks at when there is nothing to do with them.
constexpr int kReadsPerStep = 8;
// Of one transaction, and of one audit record.
constexpr std::size_t kBatch = 32;

// Not of the material: the next one would fail in the same way.
bool IsOutage(const Error& error) {
  return error.code == ErrorCode::kKeyUnavailable || error.code == ErrorCode::kThrottling ||
         error.code == ErrorCode::kDependencyTimeout;
}

std::string Generations(std::uint32_t previous, std::uint32_t generation) {
  return R"("previousGeneration":)" + std::to_string(previous) + R"(,"generation":)" +
         std::to_string(generation);
}

void Name(const domain::KeyMaterial& material, ports::AuditRecord& record) {
  std::string arn = domain::KeyArn(material.region, material.account, material.key_id);
  const bool named = !record.resources.empty() && record.resources.back().arn == arn;
  if (!named) record.resources.push_back({material.account, std::move(arn)});
}

}  // namespace

void RootRotation::Adopt(const records::RootUse& use, std::chrono::seconds in_flight) {
  use_ = use;
  settles_after_ = parts_.clock.SteadyNow() + in_flight;
  round_ = {.began = parts_.clock.SteadyNow()};
  generation_ = use.generation;
  under_way_ = !use.settled;
}

Result<void> RootRotation::Resume() {
  KM_TRY(const auto use, records::ReadRootUse(parts_.catalog));
  if (!use) return {};
  KM_CHECK(
      parts_.roots.WrapWith(use->generation, Deadline::After(parts_.clock, limits::kCallDeadline)));
  // No call of an earlier process is in flight.
  Adopt(*use, std::chrono::seconds(0));
  return {};
}

Result<std::optional<std::uint32_t>> RootRotation::Begin() {
  const Deadline deadline = Deadline::After(parts_.clock, limits::kCallDeadline);
  KM_TRY(const std::vector<std::uint32_t> found, parts_.roots.Find(deadline));
  const std::uint32_t in_use = use_ ? use_->generation : found.front();
  const std::uint32_t newest = found.back();
  if (newest <= in_use) return std::optional<std::uint32_t>();
  // Before any key depends on them.
  KM_CHECK(parts_.roots.Prove(newest, deadline));
  KM_CHECK(parts_.roots.WrapWith(newest, deadline));
  const records::RootUse use{.generation = newest, .previous = in_use, .since = parts_.clock.Now()};
  const Result<void> written =
      Write(parts_.record("RotateRoots", "{" + Generations(in_use, newest) + "}"),
            [&](records::Changes& changes, ports::AuditRecord& /*record*/) -> Result<bool> {
              KM_CHECK(changes.Put(use));
              return true;
            });
  if (!written) {
    // Committed and not delivered: then the store says the newer one, and so it stays.
    const auto stored = records::ReadRootUse(parts_.catalog);
    if (!stored || !*stored || (*stored)->generation != newest) {
      (void)parts_.roots.WrapWith(in_use, deadline);
      return written.error();
    }
  }
  Adopt(use, parts_.in_flight);
  log::Info("root_rotation_begun", {{"previous", in_use}, {"generation", newest}});
  if (!written) return written.error();
  return std::optional(newest);
}

bool RootRotation::IsElsewhere(const domain::KeyMaterial& material) const {
  return material.custody == domain::Custody::kWrapped && !material.blob.empty() &&
         material.root_generation != use_->generation;
}

Result<std::vector<domain::KeyMaterial>> RootRotation::Collect() {
  std::vector<domain::KeyMaterial> batch;
  for (int reads = 0; reads < kReadsPerStep && batch.empty() && !round_.at_end; ++reads) {
    KM_TRY(const records::Page page,
           parts_.catalog.List<domain::KeyMaterial>("", round_.after, kRowsPerRead));
    round_.at_end = !page.truncated;
    for (const ports::Row& row : page.rows) {
      KM_TRY(domain::KeyMaterial material, Materials::Decode(row.value));
      if (Materials::RowKey(material) != row.key)
        return Error{ErrorCode::kKmsInternal, "", "row " + row.key + " is another's"};
      if (IsElsewhere(material)) {
        if (batch.size() == kBatch) {
          round_.at_end = false;
          return batch;
        }
        batch.push_back(std::move(material));
      }
      round_.after = row.key;
    }
  }
  return batch;
}

Result<void> RootRotation::Move(const std::vector<domain::KeyMaterial>& batch,
                                std::vector<Moved>& moved) {
  for (const domain::KeyMaterial& material : batch) {
    auto made = parts_.roots.Rewrap(material, Deadline::After(parts_.clock, limits::kCallDeadline));
    if (made && made->root_generation != use_->generation)
      made = Error{ErrorCode::kKmsInternal, "", "it was wrapped by another generation"};
    if (made) {
      moved.push_back({material, *std::move(made)});
      continue;
    }
    ++failed_;
    if (IsOutage(made.error())) return made.error();
    ++round_.failed;
    log::Error("material_not_rewrapped", {{"region", material.region},
                                          {"key", material.key_id.ToText()},
                                          {"material", material.id.ToText()},
                                          {"root_generation", material.root_generation},
                                          {"detail", made.error().detail}});
  }
  return {};
}

// What somebody changed meanwhile stays as he left it; all else of a row is as it is now.
Result<std::size_t> RootRotation::Place(records::Changes& changes, const std::vector<Moved>& moved,
                                        ports::AuditRecord& record) {
  KM_TRY(std::optional<records::RootUse> use,
         changes.Get<records::RootUse>(records::Table<records::RootUse>::kRow));
  if (!use || use->generation != use_->generation)
    return Error{ErrorCode::kKmsInternal, "", "another generation of roots was taken into use"};
  std::size_t placed = 0;
  for (const Moved& one : moved) {
    KM_TRY(std::optional<domain::KeyMaterial> row,
           changes.Get<domain::KeyMaterial>(Materials::RowKey(one.before)));
    if (!row || row->blob != one.before.blob || row->dialect != one.before.dialect ||
        row->root_generation != one.before.root_generation)
      continue;
    row->blob = one.after.blob;
    row->dialect = one.after.dialect;
    row->root_generation = one.after.root_generation;
    KM_CHECK(changes.Put(*row));
    Name(*row, record);
    ++placed;
  }
  if (placed == 0) return placed;
  use->rewrapped += placed;
  use->last = parts_.clock.Now();
  record.response_elements_json = "{" + Generations(use->previous, use->generation) +
                                  R"(,"materials":)" + std::to_string(placed) + "}";
  KM_CHECK(changes.Put(*use));
  return placed;
}

Result<void> RootRotation::Commit(const std::vector<Moved>& moved) {
  if (moved.empty()) return {};
  std::size_t placed = 0;
  const Result<void> written =
      Write(parts_.record("RewrapKeyMaterial", "null"),
            [&](records::Changes& changes, ports::AuditRecord& record) -> Result<bool> {
              KM_TRY(placed, Place(changes, moved, record));
              return placed > 0;
            });
  if (!written) return written;
  rewrapped_ += placed;
  overtaken_ += moved.size() - placed;
  return {};
}

Result<void> RootRotation::Settle() {
  records::RootUse settled = *use_;
  const Result<void> written =
      Write(parts_.record("SettleRoots", "{" + Generations(use_->previous, use_->generation) + "}"),
            [&](records::Changes& changes, ports::AuditRecord& /*record*/) -> Result<bool> {
              KM_TRY(std::optional<records::RootUse> use,
                     changes.Get<records::RootUse>(records::Table<records::RootUse>::kRow));
              if (!use || use->generation != use_->generation)
                return Error{ErrorCode::kKmsInternal, "", "another generation was taken into use"};
              use->settled = parts_.clock.Now();
              settled = *use;
              KM_CHECK(changes.Put(*use));
              return true;
            });
  KM_CHECK(written);
  use_ = settled;
  under_way_ = false;
  log::Info("root_rotation_settled",
            {{"generation", settled.generation}, {"materials", settled.rewrapped}});
  return {};
}

// Settled is only what a whole round found so that began when no call could still write otherwise.
Result<RootRotation::Next> RootRotation::EndRound() {
  const Round ended = std::exchange(round_, {.began = parts_.clock.SteadyNow()});
  if (ended.failed > 0)
    return Error{ErrorCode::kKmsInternal, "",
                 std::to_string(ended.failed) + " materials could not be rewrapped"};
  if (ended.seen > 0) return Next::kMore;
  if (ended.began < settles_after_) return Next::kLater;
  KM_CHECK(Settle());
  return Next::kNothing;
}

Result<RootRotation::Next> RootRotation::Step() {
  if (!use_ || use_->settled) return Next::kNothing;
  KM_CHECK(parts_.outbox.Retry());
  const Round before = round_;
  const auto batch = Collect();
  if (!batch) {
    round_ = before;
    return batch.error();
  }
  round_.seen += batch->size();
  std::vector<Moved> moved;
  Result<void> outcome = Move(*batch, moved);
  const Result<void> committed = Commit(moved);
  if (outcome) outcome = committed;
  if (!outcome) {
    // What was not done is found again from here.
    round_ = before;
    return outcome.error();
  }
  if (!round_.at_end) return Next::kMore;
  return EndRound();
}

Result<void> RootRotation::Write(ports::AuditRecord record, const Change& change) {
  std::optional<records::OutboxEntry> entry;
  const Result<void> written = parts_.catalog.Write(
      [&](records::Changes& changes) -> Result<void> {
        KM_TRY(const bool changed, change(changes, record));
        if (!changed) return {};
        entry = records::OutboxEntry{record.event_id, parts_.audit.Render(record)};
        return parts_.outbox.Add(changes, *entry);
      },
      Deadline::After(parts_.clock, limits::kCallDeadline));
  if (!written) {
    if (entry) parts_.outbox.Withdraw(*entry);
    return written.error();
  }
  return entry ? parts_.outbox.Deliver(*entry) : Result<void>();
}

RootRotationCounters RootRotation::counters() const {
  return {generation_, under_way_, rewrapped_, overtaken_, failed_};
}

}  // namespace kmaas::lifecycle
