#include "app/lost_trail.h"

#include "storage/anchoring.h"
#include "storage/integrity_alarm.h"

namespace kmaas::app {

Result<void> ReportLostTrail(audit::Sealer& sealer, audit::Trail& trail, const Config& config,
                             ports::RandomSource& random, const Clock& clock) {
  const std::string lost = std::to_string(sealer.lost());
  storage::RaiseFileAlarm(config.audit.directory,
                          "the audit trail is gone: " + lost +
                              " seals were made over it, and neither they nor its records are "
                              "there; a new one begins");
  KM_CHECK(trail.Append(storage::StoreRecord("LoseAuditTrail", R"({"seals":)" + lost + "}",
                                             config.region, random, clock.Now())));
  KM_CHECK(trail.Flush());
  return sealer.RememberInSpite();
}

}  // namespace kmaas::app
