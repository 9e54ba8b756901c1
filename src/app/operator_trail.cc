#include "app/operator_trail.h"

#include <utility>

#include "app/anchored_store.h"
#include "app/lost_trail.h"
#include "app/private_file.h"
#include "app/service_options.h"
#include "app/stored_seal_memory.h"

namespace kmaas::app {

class OperatorTrail::Memory final : public audit::SealMemory {
 public:
  Memory(records::Catalog& catalog, SealsLookedFor seals, const Clock& clock)
      : stored_(catalog, clock), seals_(seals) {}

  Result<std::optional<audit::SealMark>> Remembered() override {
    if (seals_ == SealsLookedFor::kOwn) return std::optional<audit::SealMark>();
    return stored_.Remembered();
  }
  Result<void> Remember(const audit::SealMark& newest) override {
    newest_ = newest;
    return {};
  }
  const std::optional<audit::SealMark>& newest() const { return newest_; }
  Result<void> Note() { return newest_ ? stored_.Remember(*newest_) : Result<void>(); }

 private:
  StoredSealMemory stored_;
  const SealsLookedFor seals_;
  std::optional<audit::SealMark> newest_;
};

Result<std::unique_ptr<OperatorTrail>> OperatorTrail::Open(const Config& config,
                                                           Foundation& foundation,
                                                           SealsLookedFor seals,
                                                           const Clock& clock) {
  std::unique_ptr<OperatorTrail> opened(new OperatorTrail(foundation));
  KM_CHECK(MakeDirectory(config.audit.directory));
  KM_TRY(opened->trail_, audit::Trail::Open(ToTrailOptions(config.audit), clock));
  opened->memory_ = std::make_unique<Memory>(*foundation.catalog, seals, clock);
  audit::SealerOptions sealing = ToSealerOptions(config.audit);
  sealing.store_epoch = [store = foundation.store.get()] {
    return std::optional(store->head().epoch);
  };
  sealing.memory = opened->memory_.get();
  KM_TRY(opened->sealer_, audit::Sealer::Open(sealing, *opened->trail_, *foundation.engine, clock));
  opened->found_ = opened->sealer_->counters().last_number - 1;  // which is the one just made
  return opened;
}

Result<std::unique_ptr<OperatorTrail>> OperatorTrail::Begin(const Config& config,
                                                            Foundation& foundation,
                                                            ports::RandomSource& random,
                                                            const Clock& clock) {
  KM_TRY(auto opened, Open(config, foundation, SealsLookedFor::kRemembered, clock));
  audit::Trail& trail = opened->trail();
  if (opened->lost_seals() > 0)
    KM_CHECK(ReportLostTrail(*opened->sealer_, trail, config, random, clock));
  KM_CHECK(BeginAnchoring(foundation, trail, random, clock));
  return opened;
}

OperatorTrail::OperatorTrail(Foundation& foundation) : foundation_(foundation) {}

OperatorTrail::~OperatorTrail() = default;

std::optional<audit::SealMark> OperatorTrail::newest_seal() const { return memory_->newest(); }

Result<void> OperatorTrail::Seal() {
  KM_CHECK(trail_->Flush());
  sealer_->Stop();
  if (!sealer_->counters().is_failing) return {};
  return Error{ErrorCode::kDependencyTimeout,
               "the audit trail cannot be sealed; the server that starts next tries again"};
}

Result<void> OperatorTrail::NoteSeals() {
  if (lost_seals() > 0) KM_CHECK(sealer_->RememberInSpite());
  return memory_->Note();
}

Result<void> OperatorTrail::End() {
  const Result<void> ended = foundation_.anchoring->End();
  const Result<void> sealed = Seal();
  KM_CHECK(ended);
  KM_CHECK(sealed);
  return NoteSeals();
}

}  // namespace kmaas::app
