#include "traffic/call_quotas.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <bit>
#include <functional>
#include <string>

#include "core/operation.h"

namespace kmaas::traffic {
namespace {

// Of accounts that are at work at the same time, some quotas each: 1.5 MiB.
constexpr std::size_t kAccountPlaces = 65'536;
constexpr std::size_t kAddressPlaces = 65'536;
// Far more than threads that serve: 32 KiB.
constexpr std::size_t kPlacesInFlight = 1024;
constexpr auto kRelaxed = std::memory_order_relaxed;

// SplitMix64, http://prng.di.unimi.it/splitmix64.c: every bit of the result depends on all.
std::uint64_t Mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

std::uint64_t Hash(std::string_view text) { return std::hash<std::string_view>{}(text); }

std::int64_t Nanos(SteadyTime time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

// Whoever has an IPv6 address has the /64 around it.
std::uint64_t NetworkOf(std::string_view address) {
  in6_addr six{};
  if (address.find(':') == std::string_view::npos ||
      ::inet_pton(AF_INET6, std::string(address).c_str(), &six) != 1)
    return Hash(address);
  constexpr std::size_t kNetworkBytes = 8;
  return Hash({reinterpret_cast<const char*>(six.s6_addr), kNetworkBytes});
}

std::uint64_t SeedOf(ports::RandomSource& random) {
  std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
  random.Fill(bytes);
  return std::bit_cast<std::uint64_t>(bytes);
}

}  // namespace

CallQuotas::CallQuotas(const Quotas& quotas, const QuotaSettings& settings,
                       ports::RandomSource& random, const Clock& clock)
    : quotas_(quotas),
      clock_(clock),
      seed_(SeedOf(random)),
      accounts_(kAccountPlaces),
      addresses_(kAddressPlaces),
      in_flight_(kPlacesInFlight) {
  Replace(settings);
}

void CallQuotas::Replace(const QuotaSettings& settings) {
  rates_.store(std::make_shared<const Rates>(MakeRates(quotas_, settings)));
}

std::uint64_t CallQuotas::KeyOf(const Charge& charge) const {
  return Mix(Mix(Hash(charge.account) ^ seed_) ^ Mix(Hash(charge.region) + charge.quota));
}

std::uint64_t CallQuotas::KeyOfAddress(std::string_view address) const {
  return Mix(NetworkOf(address) ^ seed_);
}

std::uint64_t CallQuotas::MarkOf(const core::CallEnvelope& envelope) const {
  return Mix(Mix(Hash(envelope.source_address) ^ seed_) ^ Hash(envelope.claimed_access_key_id));
}

// Without a message the caller gets AWS's for KMS.
Error CallQuotas::Refuse(QuotaGroup group) {
  refused_[static_cast<std::size_t>(group)].fetch_add(1, kRelaxed);
  return {ErrorCode::kThrottling, "", "quota " + std::string(ToText(group))};
}

Result<void> CallQuotas::Take(const Rates& rates, const Charge& charge, SteadyTime now) {
  const std::vector<Rate>* table = &rates.shared;
  if (!rates.accounts.empty()) {
    const auto found = rates.accounts.find(std::string(charge.account));
    if (found != rates.accounts.end()) table = &found->second;
  }
  const Rate& rate = (*table)[charge.quota];
  if (!rate.limited() || accounts_.Take(KeyOf(charge), rate, now)) return {};
  return Refuse(quotas_.GroupOf(charge.quota));
}

Result<core::CallGate::Entry> CallQuotas::Enter(const core::CallEnvelope& envelope) {
  const std::int64_t until = some_empty_until_.load(kRelaxed);
  if (until == 0) return Entry::kFree;
  const SteadyTime now = clock_.SteadyNow();
  if (Nanos(now) >= until) return Entry::kFree;
  const std::shared_ptr<const Rates> rates = rates_.load();
  if (addresses_.HasOne(KeyOfAddress(envelope.source_address), rates->unproven, now))
    return Entry::kFree;
  const std::uint64_t mark = MarkOf(envelope);
  if (MarkPlace(mark).load(kRelaxed) == mark) return Entry::kByProof;
  return TurnAway(envelope);
}

Error CallQuotas::TurnAway(const core::CallEnvelope& /*envelope*/) {
  return Refuse(QuotaGroup::kUnproven);
}

Result<void> CallQuotas::TakeUnproven(const core::CallEnvelope& envelope) {
  const std::shared_ptr<const Rates> rates = rates_.load();
  if (addresses_.Take(KeyOfAddress(envelope.source_address), rates->unproven, clock_.SteadyNow()))
    return {};
  return Refuse(QuotaGroup::kUnproven);
}

Result<void> CallQuotas::TakeQuotas(const Rates& rates, const core::CallAtGate& call) {
  const SteadyTime now = clock_.SteadyNow();
  KM_CHECK(Take(rates, {call.account, call.region, Quotas::kAll}, now));
  const std::optional<Quotas::Index> quota =
      call.operation == nullptr ? std::nullopt : quotas_.Of(*call.operation);
  return quota ? Take(rates, {call.account, call.region, *quota}, now) : Result<void>();
}

Result<core::CallGate::Turn> CallQuotas::TakeTurn(const Rates& rates, std::string_view account) {
  if (rates.calls_in_flight_max == 0) return Turn();
  const std::optional<CallsInFlight::Place> place =
      in_flight_.Enter(Mix(Hash(account) ^ seed_), rates.calls_in_flight_max);
  if (!place) return Refuse(QuotaGroup::kInFlight);
  return Turn(*this, *place);
}

// The turn last: a call that is refused for it has counted, as any other one that is refused.
Result<core::CallGate::Turn> CallQuotas::Admit(const core::CallAtGate& call) {
  if (call.account.empty()) {
    KM_CHECK(TakeUnproven(call.envelope));
    return Turn();
  }
  const std::shared_ptr<const Rates> rates = rates_.load();
  const Result<void> taken = TakeQuotas(*rates, call);
  Result<Turn> turn = taken ? TakeTurn(*rates, call.account) : Result<Turn>(taken.error());
  const bool is_query = call.operation != nullptr && !call.operation->query_version.empty();
  if (!turn && is_query) turn.error().message = "Rate exceeded";  // as IAM and STS say it
  return turn;
}

Result<void> CallQuotas::AdmitUse(const core::AccessQuestion& question, std::string_view region) {
  const std::optional<Quotas::Index> quota = quotas_.Of(question);
  if (!quota || question.principal.account.empty()) return {};
  const std::shared_ptr<const Rates> rates = rates_.load();
  return Take(*rates, {question.principal.account, region, *quota}, clock_.SteadyNow());
}

void CallQuotas::Proven(const core::CallEnvelope& envelope) noexcept {
  const std::uint64_t mark = MarkOf(envelope);
  std::atomic<std::uint64_t>& place = MarkPlace(mark);
  if (place.load(kRelaxed) != mark) place.store(mark, kRelaxed);
}

// The mark of who proved himself stays: anybody can send what claims to be his.
void CallQuotas::NotProven(const core::CallEnvelope& envelope) noexcept {
  const std::shared_ptr<const Rates> rates = rates_.load();
  const SteadyTime now = clock_.SteadyNow();
  const std::uint64_t key = KeyOfAddress(envelope.source_address);
  addresses_.Drain(key, rates->unproven, now);
  if (addresses_.HasOne(key, rates->unproven, now)) return;
  const std::int64_t until = Nanos(now + rates->unproven.interval);
  std::int64_t known = some_empty_until_.load(kRelaxed);
  while (known < until && !some_empty_until_.compare_exchange_weak(known, until, kRelaxed)) {
  }
}

RefusedCalls CallQuotas::refused() const {
  RefusedCalls counts{};
  for (std::size_t i = 0; i < kQuotaGroups; ++i) counts[i] = refused_[i].load(kRelaxed);
  return counts;
}

}  // namespace kmaas::traffic
