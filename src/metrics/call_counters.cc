#include "metrics/call_counters.h"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "core/errors.h"
#include "metrics/page.h"

namespace kmaas::metrics {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr std::array<const char*, core::kFrontEnds> kFrontEndNames{"aws_json", "aws_query", "grpc",
                                                                   "scheduler"};

std::size_t IndexOf(core::FrontEnd front_end) { return static_cast<std::size_t>(front_end); }

// "kms" of "kms.amazonaws.com".
std::string ServiceOf(const core::Operation& operation) {
  return operation.event_source.substr(0, operation.event_source.find('.'));
}

}  // namespace

CallCounters::CallCounters() {
  tallies_.push_back(std::make_unique<Tally>());
  tallies_.front()->service = "unknown";
  tallies_.front()->operation = "unknown";
}

void CallCounters::Add(const core::Registry& registry) {
  for (const auto& operation : registry.operations()) {
    tallies_.push_back(std::make_unique<Tally>());
    tallies_.back()->service = ServiceOf(*operation);
    tallies_.back()->operation = operation->name;
    by_operation_[operation.get()] = tallies_.back().get();
  }
}

CallCounters::Tally& CallCounters::TallyOf(const core::Operation* operation) noexcept {
  const auto found = by_operation_.find(operation);
  return found == by_operation_.end() ? *tallies_.front() : *found->second;
}

void CallCounters::Began(core::FrontEnd front_end) noexcept {
  doors_[IndexOf(front_end)].in_flight.fetch_add(1, kRelaxed);
}

void CallCounters::Ended(const core::EndedCall& call) noexcept {
  doors_[IndexOf(call.front_end)].in_flight.fetch_sub(1, kRelaxed);
  Tally& tally = TallyOf(call.operation);
  tally.calls[IndexOf(call.front_end)].fetch_add(1, kRelaxed);
  if (call.error)
    tally.errors[std::min(static_cast<std::size_t>(*call.error), kErrors)].fetch_add(1, kRelaxed);
  const std::int64_t nanos = std::max<std::int64_t>(call.took.count(), 0);
  constexpr std::int64_t kNanosPerMicro = 1000;
  const auto bound = std::lower_bound(
      kBoundsMicros.begin(), kBoundsMicros.end(), nanos,
      [](std::int64_t micros, std::int64_t taken) { return micros * kNanosPerMicro < taken; });
  tally.durations[static_cast<std::size_t>(bound - kBoundsMicros.begin())].fetch_add(1, kRelaxed);
  tally.nanos.fetch_add(static_cast<std::uint64_t>(nanos), kRelaxed);
}

void CallCounters::TurnedAway(core::FrontEnd front_end) noexcept {
  doors_[IndexOf(front_end)].turned_away.fetch_add(1, kRelaxed);
}

void CallCounters::WriteTally(const Tally& tally, Page& page) {
  const Labels operation{{"service", tally.service}, {"operation", tally.operation}};
  for (std::size_t i = 0; i < core::kFrontEnds; ++i) {
    const std::uint64_t calls = tally.calls[i].load(kRelaxed);
    if (calls == 0) continue;
    Labels labels = operation;
    labels.emplace_back("front_end", kFrontEndNames[i]);
    page.Counter("kmaas_calls_total", "Calls that ended, however they did.", calls, labels);
  }
  for (std::size_t i = 0; i <= kErrors; ++i) {
    const std::uint64_t errors = tally.errors[i].load(kRelaxed);
    if (errors == 0) continue;
    Labels labels = operation;
    labels.emplace_back(
        "error",
        i == kErrors ? "unknown" : std::string(core::RowOf(static_cast<ErrorCode>(i)).aws_name));
    page.Counter("kmaas_call_errors_total",
                 "Calls that were answered with an error, by AWS's name.", errors, labels);
  }
  Durations durations;
  for (const auto& count : tally.durations) durations.counts.push_back(count.load(kRelaxed));
  if (std::accumulate(durations.counts.begin(), durations.counts.end(), std::uint64_t{0}) == 0)
    return;
  for (const std::int64_t micros : kBoundsMicros)
    durations.bounds_seconds.push_back(static_cast<double>(micros) / 1e6);
  durations.sum_seconds = static_cast<double>(tally.nanos.load(kRelaxed)) / 1e9;
  page.Histogram("kmaas_call_duration_seconds",
                 "How long calls took in the server, from the read request to the made reply.",
                 durations, operation);
}

void CallCounters::Write(Page& page) const {
  for (std::size_t i = 0; i < core::kFrontEnds; ++i) {
    const Labels labels{{"front_end", kFrontEndNames[i]}};
    page.Gauge("kmaas_calls_in_flight", "Calls that are being served.",
               static_cast<double>(doors_[i].in_flight.load(kRelaxed)), labels);
    page.Counter("kmaas_requests_turned_away_total",
                 "Requests that were refused before they were calls: not HTTP, too large, no room.",
                 doors_[i].turned_away.load(kRelaxed), labels);
  }
  for (const auto& tally : tallies_) WriteTally(*tally, page);
}

}  // namespace kmaas::metrics
