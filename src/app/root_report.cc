#include "app/root_report.h"

#include <algorithm>
#include <utility>

#include "records/every_row.h"
#include "storage/anchoring.h"

namespace kmaas::app {

std::uint64_t RootReport::elsewhere() const {
  std::uint64_t count = 0;
  for (const auto& [generation, materials] : by_generation)
    if (generation != in_use) count += materials;
  return count;
}

std::optional<double> RootReport::rate() const {
  if (!use || !use->last || use->rewrapped == 0) return std::nullopt;
  const std::chrono::duration<double> span = *use->last - use->since;
  return static_cast<double>(use->rewrapped) / std::max(span.count(), 0.001);
}

std::optional<std::chrono::seconds> RootReport::time_left() const {
  const auto per_second = rate();
  if (!per_second || elsewhere() == 0) return std::nullopt;
  const double seconds = static_cast<double>(elsewhere()) / *per_second;
  return std::chrono::seconds(static_cast<std::int64_t>(seconds) + 1);
}

Result<RootReport> ReportRoots(Foundation& foundation) {
  RootReport report;
  report.in_token = foundation.engine->Status().root_generations;
  KM_TRY(report.use, records::ReadRootUse(*foundation.catalog));
  if (report.use) {
    report.in_use = report.use->generation;
  } else if (!report.in_token.empty()) {
    report.in_use = report.in_token.front();
  }
  KM_CHECK(records::ForEachRow<domain::KeyMaterial>(
      *foundation.catalog, "", [&](const domain::KeyMaterial& material) {
        if (material.custody == domain::Custody::kResident) {
          ++report.resident;
        } else if (material.custody == domain::Custody::kProcess) {
          ++report.process;
        } else if (!material.blob.empty()) {
          ++report.by_generation[material.root_generation];
        }
      }));
  return report;
}

lifecycle::RootRotation::Parts RotationParts(Foundation& foundation, core::Outbox& outbox,
                                             ports::AuditSink& trail, std::string region,
                                             ports::RandomSource& random, const Clock& clock) {
  return {.catalog = *foundation.catalog,
          .roots = foundation.engine->roots(),
          .outbox = outbox,
          .audit = trail,
          .clock = clock,
          .record = [region = std::move(region), &random, &clock](std::string name,
                                                                  std::string details) {
            return storage::StoreRecord(std::move(name), std::move(details), region, random,
                                        clock.Now());
          }};
}

}  // namespace kmaas::app
