// Measures calls by the quotas of their accounts, and strangers by their addresses.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "core/call_gate.h"
#include "ports/random_source.h"
#include "traffic/bucket_table.h"
#include "traffic/calls_in_flight.h"
#include "traffic/quotas.h"

namespace kmaas::traffic {

// Calls that were refused since the start, by group of quotas.
using RefusedCalls = std::array<std::uint64_t, kQuotaGroups>;

// Thread-safe. Its memory does not depend on how many accounts and addresses there are. Quotas are
// those of an account in a Region, as at AWS, and a call to a key of another account counts for the
// caller's. So many calls of an account may be in flight, in all Regions together: one that makes
// the HSM slow leaves threads to the others. An address from which too many calls came that proved
// nothing is not let in for a while, but by proof, with an access key that has proven itself from
// there: a signature costs little, the answer and the record of its refusal more. What others send
// in the name of that access key takes nothing from it, and gets neither.
class CallQuotas final : public core::CallGate {
 public:
  // Borrows clock and quotas. Where a bucket lies is random, so that callers cannot choose it.
  CallQuotas(const Quotas& quotas, const QuotaSettings& settings, ports::RandomSource& random,
             const Clock& clock);

  Result<Entry> Enter(const core::CallEnvelope& envelope) override;
  Error TurnAway(const core::CallEnvelope& envelope) override;
  Result<Turn> Admit(const core::CallAtGate& call) override;
  void Proven(const core::CallEnvelope& envelope) noexcept override;
  void NotProven(const core::CallEnvelope& envelope) noexcept override;
  // What counts against a quota that depends on the key.
  Result<void> AdmitUse(const core::AccessQuestion& question, std::string_view region);

  // From now on; buckets go on as they are.
  void Replace(const QuotaSettings& settings);
  RefusedCalls refused() const;

 private:
  static constexpr std::size_t kProvenMarks = 4096;
  struct Charge {
    std::string_view account;
    std::string_view region;
    Quotas::Index quota;
  };

  void Left(std::uint32_t place) noexcept override { in_flight_.Leave(place); }
  Result<void> Take(const Rates& rates, const Charge& charge, SteadyTime now);
  Result<void> TakeQuotas(const Rates& rates, const core::CallAtGate& call);
  Result<Turn> TakeTurn(const Rates& rates, std::string_view account);
  Result<void> TakeUnproven(const core::CallEnvelope& envelope);
  Error Refuse(QuotaGroup group);
  std::uint64_t KeyOf(const Charge& charge) const;
  std::uint64_t KeyOfAddress(std::string_view address) const;
  std::uint64_t MarkOf(const core::CallEnvelope& envelope) const;
  std::atomic<std::uint64_t>& MarkPlace(std::uint64_t mark) { return proven_[mark % kProvenMarks]; }

  const Quotas& quotas_;
  const Clock& clock_;
  const std::uint64_t seed_;
  std::atomic<std::shared_ptr<const Rates>> rates_;
  BucketTable accounts_;
  BucketTable addresses_;
  CallsInFlight in_flight_;
  // Until then some address may have an empty bucket: before, nobody needs to look. Nanoseconds of
  // the steady clock.
  std::atomic<std::int64_t> some_empty_until_{0};
  // Of addresses and access keys that have proven themselves. Only another proof takes a place: who
  // collides with another is merely not known.
  std::array<std::atomic<std::uint64_t>, kProvenMarks> proven_{};
  std::array<std::atomic<std::uint64_t>, kQuotaGroups> refused_{};
};

}  // namespace kmaas::traffic
