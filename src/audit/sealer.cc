#include "audit/sealer.h"

#include <algorithm>

#include "audit/append_file.h"
#include "audit/sealed_start.h"
#include "audit/trail_files.h"
#include "base/log.h"

namespace kmaas::audit {
namespace {

// The lanes of the engine bound how long it waits; the thread that seals has no caller.
constexpr std::chrono::seconds kSignMax{5};
constexpr std::chrono::seconds kRetryAfter{1};

// Half of what may wait: what comes until the next look is covered in time, too.
bool AreTooMany(std::uint64_t waiting, std::uint64_t records_max) {
  return waiting >= std::max<std::uint64_t>(records_max / 2, 1);
}

}  // namespace

Result<std::unique_ptr<Sealer>> Sealer::Open(const SealerOptions& options, Trail& trail,
                                             ports::CryptoEngine& engine, const Clock& clock) {
  const FileCalls& calls = options.calls == nullptr ? FileCalls::System() : *options.calls;
  KM_TRY(const Bytes public_key, engine.AuditPublicKey());
  std::optional<SealMark> remembered;
  if (options.memory != nullptr) {
    KM_TRY(remembered, options.memory->Remembered());
  }
  KM_TRY(SealedStart start,
         CheckSealedStart(options.directory, trail.head(), public_key, remembered, calls));
  std::unique_ptr<Sealer> sealer(new Sealer(options, trail, engine, clock, SealKeyId(public_key),
                                            {start.number, start.hash, start.sealed},
                                            std::move(start.file)));
  const std::lock_guard lock(sealer->mutex_);
  sealer->lost_ = start.lost;
  sealer->loss_is_hidden_ = start.lost > 0;
  KM_CHECK(sealer->Make(SealKind::kStart));
  return sealer;
}

Sealer::Sealer(const SealerOptions& options, Trail& trail, ports::CryptoEngine& engine,
               const Clock& clock, crypto::Sha256Digest key, Where where,
               std::shared_ptr<AppendFile> file)
    : options_(options),
      calls_(options.calls == nullptr ? FileCalls::System() : *options.calls),
      trail_(trail),
      engine_(engine),
      clock_(clock),
      key_(key),
      where_(where),
      file_(std::move(file)),
      last_(clock.SteadyNow()) {}

Sealer::~Sealer() = default;

bool Sealer::IsDue() const {
  if (clock_.SteadyNow() < not_before_) return false;
  return is_written_only_ || clock_.SteadyNow() - last_ >= options_.interval ||
         AreTooMany(trail_.last_sequence() - where_.sealed, options_.records_max);
}

void Sealer::Tick() {
  const std::lock_guard lock(mutex_);
  if (IsDue()) {
    Note(Make(SealKind::kRegular));
  } else if (!is_remembered_ && clock_.SteadyNow() >= not_before_) {
    Note(RememberNewest());
  }
}

Result<void> Sealer::RememberNewest() {
  if (options_.memory == nullptr) return {};
  is_remembered_ = false;
  if (loss_is_hidden_) return {};
  KM_CHECK(options_.memory->Remember({where_.number, where_.hash}));
  is_remembered_ = true;
  return {};
}

Result<void> Sealer::RememberInSpite() {
  const std::lock_guard lock(mutex_);
  loss_is_hidden_ = false;
  return RememberNewest();
}

void Sealer::Stop() {
  const std::lock_guard lock(mutex_);
  Note(Make(SealKind::kStop));
}

// The records are durable before the seal is: a start after a power loss finds no seal over records
// that are gone.
Result<void> Sealer::Make(SealKind kind) {
  const ChainHead head = trail_.head();
  KM_CHECK(trail_.Flush());
  Seal seal;
  seal.kind = kind;
  seal.first = where_.sealed + 1;
  seal.last = head.sequence;
  seal.head = head.hash;
  return Write(std::move(seal));
}

Result<void> Sealer::Retire(std::uint64_t first, const ChainHead& last) {
  const std::lock_guard lock(mutex_);
  if (last.sequence > where_.sealed)
    return Error{ErrorCode::kKmsInternal, "", "audit: records to be removed are not sealed yet"};
  Seal seal;
  seal.kind = SealKind::kRetired;
  seal.first = first;
  seal.last = last.sequence;
  seal.head = last.hash;
  Result<void> written = Write(std::move(seal));
  Note(written);
  return written;
}

Result<void> Sealer::Write(Seal seal) {
  if (is_written_only_) {
    KM_CHECK(file_->Sync());
    is_written_only_ = false;
  }
  const WallTime now = clock_.Now();
  seal.number = where_.number + 1;
  seal.time = FormatIso8601(now);
  seal.previous = where_.hash;
  seal.interval_seconds = static_cast<std::uint64_t>(options_.interval.count());
  if (options_.store_epoch) seal.store_epoch = options_.store_epoch();
  seal.key = key_;
  const std::string text = RenderSeal(seal);
  KM_TRY(const Bytes signature,
         engine_.SignAuditDigest(SealDigest(text), Deadline::After(clock_, kSignMax)));
  SealSignature fixed{};
  if (signature.size() != fixed.size())
    return Error{ErrorCode::kKmsInternal, "", "audit: the token's signature has a wrong length"};
  std::copy(signature.begin(), signature.end(), fixed.begin());
  const std::string line = RenderSealLine(text, fixed);
  KM_CHECK(TurnPage());
  KM_CHECK(file_->Write(line + "\n"));
  // From here on it stands, whatever becomes of the flush.
  is_written_only_ = true;
  const std::uint64_t sealed = seal.kind == SealKind::kRetired ? where_.sealed : seal.last;
  where_ = {seal.number, SealLineHash(line), sealed};
  if (seal.kind != SealKind::kRetired) last_ = clock_.SteadyNow();
  KM_CHECK(file_->Sync());
  is_written_only_ = false;
  {
    const std::lock_guard lock(counters_mutex_);
    ++counters_.seals;
    counters_.last_number = seal.number;
    counters_.sealed_sequence = sealed;
    counters_.last_time = now;
  }
  return RememberNewest();
}

Result<void> Sealer::TurnPage() {
  if (file_ != nullptr && file_->size() < options_.bytes_per_file_max) return {};
  KM_TRY(file_,
         AppendFile::Create(options_.directory + "/" + SealFileName(where_.number + 1), calls_));
  return {};
}

void Sealer::Note(const Result<void>& outcome) {
  const std::lock_guard lock(counters_mutex_);
  if (outcome) {
    if (counters_.is_failing) log::Info("audit_sealed_again", {{"seal", counters_.last_number}});
    counters_.is_failing = false;
    return;
  }
  ++counters_.failures;
  not_before_ = clock_.SteadyNow() + kRetryAfter;
  if (!counters_.is_failing) log::Error("audit_not_sealed", {{"detail", outcome.error().detail}});
  counters_.is_failing = true;
}

SealCounters Sealer::counters() const {
  const std::lock_guard lock(counters_mutex_);
  return counters_;
}

}  // namespace kmaas::audit
