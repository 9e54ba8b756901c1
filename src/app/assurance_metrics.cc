#include "app/assurance_metrics.h"

#include <chrono>

#include "storage/integrity_alarm.h"

namespace kmaas::app {

using metrics::Page;

void WriteIntegrity(Page& page) {
  const storage::IntegrityCounters found = storage::IntegrityCountersOfProcess();
  const auto write = [&page](const char* kind, std::uint64_t alarms) {
    page.Counter("kmaas_integrity_alarms_total",
                 "Findings that the store is not as it was written.", alarms, {{"kind", kind}});
  };
  write("row", found.rows);
  write("table", found.tables);
  write("file", found.files);
}

void WriteMembers(const hsm::EngineGroup& group, Page& page) {
  const std::vector<hsm::MemberFacts> members = group.members();
  for (const hsm::MemberFacts& one : members) {
    const metrics::Labels labels{{"member", one.name}};
    page.Gauge("kmaas_hsm_member_up", "1 while calls may go to this HSM.", one.up ? 1 : 0, labels);
    page.Gauge("kmaas_hsm_member_refused",
               "1 when it is left alone for good: its PIN, its keys or its anchor was refused.",
               one.refused ? 1 : 0, labels);
    page.Counter("kmaas_hsm_member_calls_total", "Calls that went to it.", one.calls, labels);
    page.Counter("kmaas_hsm_member_failovers_total",
                 "Of them, those that failed there and were given to another one.", one.handed_on,
                 labels);
    page.Counter("kmaas_hsm_member_losses_total", "Times that it was up, and then not.", one.losses,
                 labels);
  }
  const hsm::GroupCounters counters = group.group_counters();
  page.Counter("kmaas_hsm_not_repeated_total",
               "Calls that failed at one HSM and might have been done there, so that no other one "
               "was asked.",
               counters.not_repeated);
  page.Counter("kmaas_hsm_anchors_caught_up_total",
               "Anchors of HSMs that came back and had missed some.", counters.anchor.caught_up);
  page.Counter("kmaas_hsm_anchor_alarms_total",
               "HSMs that remembered a later state of the store than the one that is served.",
               counters.anchor.alarms);
}

void WriteAnchoring(const storage::AnchoringCounters& anchoring, Page& page) {
  page.Counter("kmaas_anchor_writes_total", "Heads of the store that token and trail remember.",
               anchoring.writes);
  page.Counter("kmaas_anchor_failures_total", "Tries of it that failed.", anchoring.failures);
  page.Counter("kmaas_anchor_refused_changes_total",
               "Changes of rights that were refused because the anchor was too far behind.",
               anchoring.refused_changes);
  page.Counter("kmaas_anchor_alarms_total", "Changes that were acknowledged without an anchor.",
               anchoring.alarms);
  page.Gauge("kmaas_anchor_behind_seconds", "Age of the oldest commit that is not anchored.",
             std::chrono::duration<double>(anchoring.behind).count());
}

void WriteReloads(const ReloadCounters& reloads, Page& page) {
  const char* name = "kmaas_reloads_total";
  const char* help = "Times at which the server was told to read its configuration again.";
  page.Counter(name, help, reloads.taken, {{"outcome", "taken"}});
  page.Counter(name, help, reloads.refused, {{"outcome", "refused"}});
  page.Gauge("kmaas_reload_failing", "1 when the last of them was refused.",
             reloads.last_refused ? 1 : 0);
  page.Counter("kmaas_certificates_refused_total",
               "Changed certificate files that could not be used.", reloads.certificates_refused);
}

void WriteClock(const storage::ClockCounters& clock, Page& page) {
  page.Counter("kmaas_clock_alarms_total",
               "Times at which the clock was found to be before the last change of the store.",
               clock.alarms);
  page.Gauge("kmaas_clock_behind", "1 while it is, and nothing is destroyed by time.",
             clock.is_behind ? 1 : 0);
}

void WriteSweep(const lifecycle::SweepCounters& sweep, Page& page) {
  page.Gauge("kmaas_unnamed_token_keys", "Keys in the token that no row names.",
             static_cast<double>(sweep.unnamed));
  page.Counter("kmaas_unnamed_token_keys_destroyed_total", "Those of them that were destroyed.",
               sweep.destroyed);
  page.Counter("kmaas_token_sweep_failures_total",
               "Looks for them, and tries to destroy one, that failed.", sweep.failures);
}

void WriteSeals(const audit::SealCounters& seals, std::uint64_t last_sequence, Page& page) {
  page.Counter("kmaas_seals_total", "Seals of the audit trail.", seals.seals);
  page.Counter("kmaas_seal_failures_total", "Tries to seal that came to nothing.", seals.failures);
  page.Gauge("kmaas_seal_failing", "1 when the last try to seal failed.", seals.is_failing ? 1 : 0);
  page.Gauge("kmaas_seal_last_timestamp_seconds", "When the newest seal was made, since 1970.",
             std::chrono::duration<double>(seals.last_time.time_since_epoch()).count());
  // The two are read one after the other, so a seal may be newer than the number.
  const std::uint64_t waiting =
      last_sequence > seals.sealed_sequence ? last_sequence - seals.sealed_sequence : 0;
  page.Gauge("kmaas_audit_unsealed_records", "Records that no seal covers yet.",
             static_cast<double>(waiting));
}

void WriteRoots(const lifecycle::RootRotationCounters& roots, Page& page) {
  page.Gauge("kmaas_root_generation",
             "Generation of roots that wraps new keys; 0 before the first rotation.",
             roots.generation);
  page.Gauge("kmaas_root_rotation_under_way", "1 while keys are brought to a new generation.",
             roots.under_way ? 1 : 0);
  page.Counter("kmaas_root_rewrapped_total", "Key materials that were brought to another root.",
               roots.rewrapped);
  page.Counter("kmaas_root_rewrap_overtaken_total",
               "Those that somebody changed meanwhile, and that are looked at again.",
               roots.overtaken);
  page.Counter("kmaas_root_rewrap_failures_total", "Tries of it that failed.", roots.failed);
}

void WriteDeliveries(const std::vector<siem::DeliveryCounters>& deliveries, Page& page) {
  for (const siem::DeliveryCounters& one : deliveries) {
    const metrics::Labels labels{{"destination", one.destination}};
    page.Gauge("kmaas_siem_connected", "1 while the receiver is connected.", one.connected ? 1 : 0,
               labels);
    page.Counter("kmaas_siem_sent_total", "Messages sent, heartbeats among them.", one.sent,
                 labels);
    page.Counter("kmaas_siem_resent_total", "Of them, those sent again.", one.resent, labels);
    page.Counter("kmaas_siem_seals_total", "Of them, seals of the audit trail.", one.seals, labels);
    page.Counter("kmaas_siem_failures_total", "Connections that failed.", one.failures, labels);
    page.Counter("kmaas_siem_cursor_failures_total", "The cursor file could not be written.",
                 one.cursor_failures, labels);
    page.Counter("kmaas_siem_trail_faults_total", "The trail did not continue where it should.",
                 one.trail_faults, labels);
    page.Gauge("kmaas_siem_lag_records", "Records that are not confirmed.",
               static_cast<double>(one.lag_records), labels);
    page.Gauge("kmaas_siem_lag_seconds", "Age of the oldest record that is not confirmed.",
               static_cast<double>(one.lag_seconds), labels);
  }
}

}  // namespace kmaas::app
