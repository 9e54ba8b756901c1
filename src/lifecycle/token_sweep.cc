#include "lifecycle/token_sweep.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/encoding.h"
#include "base/log.h"
#include "records/every_row.h"
#include "records/set_back.h"

namespace kmaas::lifecycle {
namespace {

using ports::TokenKey;

// Searching a token goes through all of its objects.
constexpr std::chrono::seconds kStepMax{30};

}  // namespace

Result<UnnamedKeys> FindUnnamedKeys(const std::vector<TokenKey>& listed,
                                    records::Catalog& catalog) {
  if (listed.empty()) return UnnamedKeys();
  std::set<TokenKey> unnamed(listed.begin(), listed.end());
  std::set<TokenKey> half_imported;
  KM_CHECK(records::ForEachRow<domain::KeyMaterial>(
      catalog, "", [&](const domain::KeyMaterial& material) {
        if (material.custody != domain::Custody::kResident) return;
        TokenKey key{TokenKey::Kind::kResident, ToBytes(material.id.bits)};
        if (material.import_state != domain::ImportState::kPendingImport) {
          unnamed.erase(key);
        } else if (unnamed.contains(key)) {
          half_imported.insert(std::move(key));
        }
      }));
  KM_CHECK(
      records::ForEachRow<domain::ImportKey>(catalog, "", [&](const domain::ImportKey& import_key) {
        unnamed.erase({TokenKey::Kind::kImport, ToBytes(import_key.id.bits)});
      }));
  UnnamedKeys found;
  for (const TokenKey& key : unnamed)
    (half_imported.contains(key) ? found.half_imported : found.without_row).push_back(key);
  return found;
}

Deadline TokenSweep::Soon() const { return Deadline::After(parts_.clock, kStepMax); }

Result<void> TokenSweep::NoteLeftBehind() {
  KM_TRY(const std::vector<TokenKey> listed, parts_.keys.List(Soon()));
  // Most have a row, and are forgotten by the first look.
  for (const TokenKey& key : listed) ripe_at_[key] = SteadyTime::min();
  KM_TRY(const UnnamedKeys found, FindUnnamedKeys(listed, parts_.catalog));
  return DestroyHalfImported(found.half_imported);
}

Result<void> TokenSweep::DestroyHalfImported(const std::vector<TokenKey>& keys) {
  if (keys.empty()) return {};
  KM_TRY(const bool set_back, records::WasSetBack(parts_.catalog));
  if (set_back) return {};
  Result<void> outcome;
  for (const TokenKey& key : keys) {
    const Result<void> destroyed = DestroyOne(key);
    if (destroyed) destroyed_before_.push_back(key);
    if (outcome) outcome = destroyed;
  }
  return outcome;
}

void TokenSweep::Look() {
  const Result<Outcome> looked = Sweep(false);
  if (looked) return;
  ++failures_;
  log::Warning("token_not_swept", {{"detail", looked.error().detail}});
}

// The order is everything. A call that made a key which was listed must have begun its change by
// now, or never will: its deadline has passed. The empty change stands behind it, and the rows are
// read after that.
Result<TokenSweep::Outcome> TokenSweep::Sweep(bool resident_too) {
  KM_TRY(const std::vector<TokenKey> listed, parts_.keys.List(Soon()));
  if (AnyIsRipe(listed))
    KM_CHECK(
        parts_.catalog.Write([](records::Changes& /*none*/) { return Result<void>(); }, Soon()));
  KM_TRY(const UnnamedKeys found, FindUnnamedKeys(listed, parts_.catalog));
  const std::vector<TokenKey>& unnamed = found.without_row;
  KM_TRY(const bool set_back, records::WasSetBack(parts_.catalog));
  const bool spares_residents = set_back && !resident_too;
  NoteUnnamed(unnamed);
  Outcome outcome{std::exchange(destroyed_before_, {}), {}};
  for (const TokenKey& key : unnamed) {
    const bool spared = spares_residents && key.kind == TokenKey::Kind::kResident;
    const bool gone = !spared && IsRipe(key) && DestroyOne(key).has_value();
    (gone ? outcome.destroyed : outcome.left).push_back(key);
  }
  outcome.left.insert(outcome.left.end(), found.half_imported.begin(), found.half_imported.end());
  unnamed_ = outcome.left.size();
  return outcome;
}

bool TokenSweep::IsRipe(const TokenKey& key) const {
  const auto known = ripe_at_.find(key);
  return known != ripe_at_.end() && known->second <= parts_.clock.SteadyNow();
}

bool TokenSweep::AnyIsRipe(const std::vector<TokenKey>& listed) const {
  return std::any_of(listed.begin(), listed.end(),
                     [this](const TokenKey& key) { return IsRipe(key); });
}

// Whatever has a row now, or is gone, begins anew should it be seen without one again.
void TokenSweep::NoteUnnamed(const std::vector<TokenKey>& unnamed) {
  std::map<TokenKey, SteadyTime> ripe_at;
  for (const TokenKey& key : unnamed) {
    const auto known = ripe_at_.find(key);
    ripe_at[key] = known == ripe_at_.end() ? parts_.clock.SteadyNow() + spared_ : known->second;
  }
  ripe_at_ = std::move(ripe_at);
}

Result<void> TokenSweep::DestroyOne(const TokenKey& key) {
  Result<void> done = parts_.record(key);
  if (done) done = parts_.keys.Destroy(key, Soon());
  const std::string id = HexEncode(key.id);
  if (!done) {
    ++failures_;
    log::Warning("unnamed_key_not_destroyed",
                 {{"kind", key.KindText()}, {"id", id}, {"detail", done.error().detail}});
    return done;
  }
  ++destroyed_;
  ripe_at_.erase(key);
  log::Warning("unnamed_key_destroyed", {{"kind", key.KindText()}, {"id", id}});
  return {};
}

}  // namespace kmaas::lifecycle
