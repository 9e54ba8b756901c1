#include "app/metrics_sources.h"

#include <chrono>

#include "app/assurance_metrics.h"
#include "app/process_metrics.h"
#include "app/traffic_metrics.h"
#include "app/worker_metrics.h"

namespace kmaas::app {
namespace {

using metrics::Page;

double Seconds(WallTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

void WriteServer(const ServerFacts& server, Page& page) {
  page.Gauge("kmaas_build_info", "Always 1; the label says which version runs.", 1,
             {{"version", KMAAS_VERSION}});
  page.Gauge("kmaas_ready", "1 when calls can be served, as /readyz says it.",
             server.ready ? 1 : 0);
  page.Gauge("kmaas_https_connections", "Open HTTPS connections.",
             static_cast<double>(server.https_connections));
  page.Gauge("kmaas_grpc_connections", "Open gRPC connections.",
             static_cast<double>(server.grpc_connections));
}

void WriteLane(const std::string& name, const hsm::LaneCounters& lane, Page& page) {
  const metrics::Labels labels{{"lane", name}};
  page.Gauge("kmaas_hsm_lane_width", "Turns at the token that there are at a time.",
             static_cast<double>(lane.width), labels);
  page.Gauge("kmaas_hsm_lane_busy", "Turns that are taken.", static_cast<double>(lane.busy),
             labels);
  page.Gauge("kmaas_hsm_lane_waiting", "Calls that wait for a turn.",
             static_cast<double>(lane.waiting), labels);
  page.Counter("kmaas_hsm_turns_total", "Turns that ended.", lane.turns, labels);
  page.Counter("kmaas_hsm_turn_seconds_total", "How long they took together.",
               std::chrono::duration<double>(lane.turn_time).count(), labels);
  page.Counter("kmaas_hsm_turned_away_total",
               "Calls that got no turn: too many waited, or their deadline passed.",
               lane.turned_away, labels);
}

void WriteCache(const std::string& name, std::uint64_t hits, std::uint64_t misses, Page& page) {
  const metrics::Labels labels{{"cache", name}};
  page.Counter("kmaas_cache_hits_total", "What was found in a cache.", hits, labels);
  page.Counter("kmaas_cache_misses_total", "What was not.", misses, labels);
}

void WriteEngine(const hsm::EngineGroup& engine, Page& page) {
  const ports::EngineStatus status = engine.Status();
  page.Gauge("kmaas_hsm_healthy", "1 when the token gave its known answer at the last look.",
             status.healthy ? 1 : 0);
  page.Gauge("kmaas_hsm_generation",
             "Grows by one with each recovery of the connection to the token.",
             static_cast<double>(status.engine_generation));
  page.Gauge("kmaas_hsm_pin_refused", "1 when a recovery was refused the PIN: there is no other.",
             engine.IsPinRefused() ? 1 : 0);
  page.Gauge("kmaas_hsm_cached_keys", "Keys that are loaded in the token.",
             static_cast<double>(status.cached_keys));
  const hsm::EngineCounters counters = engine.counters();
  page.Counter("kmaas_hsm_recoveries_total", "Connections to the token that replaced a lost one.",
               counters.recoveries);
  page.Counter("kmaas_hsm_recovery_failures_total", "Tries of it that failed.",
               counters.failed_recoveries);
  WriteLane("short", counters.short_lane, page);
  WriteLane("long", counters.long_lane, page);
  WriteLane("slow", counters.slow_lane, page);
  WriteCache("loaded_keys", counters.cache_hits, counters.cache_misses, page);
}

void WriteStore(const storage::SqliteStore& store, Page& page) {
  const storage::StoreCounters counters = store.counters();
  page.Counter("kmaas_store_commits_total", "Commits, each with one flush to disk.",
               counters.commits);
  page.Counter("kmaas_store_changes_total", "Changes that commits made durable.", counters.changes);
  page.Counter("kmaas_store_commit_failures_total", "Commits of which nothing was applied.",
               counters.failed_commits);
  page.Counter("kmaas_store_throttled_total",
               "Changes that did not begin: the queue was full or the deadline passed.",
               counters.throttled);
  page.Gauge("kmaas_store_waiting", "Changes in the queue.", static_cast<double>(store.waiting()));
}

void WriteTrail(const audit::Trail& trail, Page& page) {
  const audit::TrailCounters counters = trail.counters();
  page.Counter("kmaas_audit_records_total", "Records in the trail.", counters.records);
  page.Counter("kmaas_audit_writes_total", "Writes of the trail, each of some records.",
               counters.writes);
  page.Counter("kmaas_audit_flushes_total", "Flushes of the trail to disk.", counters.flushes);
  constexpr char kFailuresHelp[] = "Writes and flushes of the trail that failed.";
  page.Counter("kmaas_audit_failures_total", kFailuresHelp, counters.failed_writes,
               {{"what", "write"}});
  page.Counter("kmaas_audit_failures_total", kFailuresHelp, counters.failed_flushes,
               {{"what", "flush"}});
  page.Gauge("kmaas_audit_lag_seconds",
             "Age, at most, of the oldest record that is not known to be on the disk.",
             std::chrono::duration<double>(counters.lag).count());
}

void WriteKeys(const KeyCounts& keys, Page& page) {
  for (std::size_t i = 0; i < keys.by_state.size(); ++i) {
    page.Gauge("kmaas_keys", "Keys by their state, as it was when they were counted last.",
               static_cast<double>(keys.by_state[i]),
               {{"state", std::string(ToText(static_cast<domain::KeyState>(i)))}});
  }
  page.Gauge("kmaas_keys_with_expiring_material", "Keys with imported material that expires.",
             static_cast<double>(keys.expiring));
  if (keys.first_deletion) {
    page.Gauge("kmaas_key_first_deletion_timestamp_seconds",
               "When the first of the scheduled deletions is due, since 1970.",
               Seconds(*keys.first_deletion));
  }
  if (keys.first_expiry) {
    page.Gauge("kmaas_key_first_material_expiry_timestamp_seconds",
               "When the first imported material expires, since 1970.",
               Seconds(*keys.first_expiry));
  }
}

void WriteInventory(const InventoryFacts& facts, Page& page) {
  if (facts.keys) {
    WriteKeys(*facts.keys, page);
    page.Gauge("kmaas_keys_counted_timestamp_seconds", "When keys were counted last, since 1970.",
               Seconds(facts.counted));
  }
  for (const CertificateEnd& one : facts.certificates) {
    page.Gauge("kmaas_certificate_end_timestamp_seconds",
               "When the first certificate in the file of this setting ends, since 1970.",
               Seconds(one.end), {{"setting", one.setting}});
  }
}

}  // namespace

std::string MetricsPage(const MetricsSources& sources, const ServerFacts& server) {
  Page page;
  WriteServer(server, page);
  WriteConnections(server.https, page);
  WriteGrpcConnections(server.grpc, page);
  sources.calls.Write(page);
  WriteRefusedCalls(sources.quotas.refused(), page);
  WriteEngine(sources.engine, page);
  WriteWorkers(page);
  WriteMembers(sources.engine, page);
  WriteStore(sources.store, page);
  WriteTrail(sources.trail, page);
  WriteIntegrity(page);
  WriteClock(sources.clock_watch.counters(), page);
  if (sources.anchoring != nullptr) WriteAnchoring(sources.anchoring->counters(), page);
  WriteSweep(sources.sweeping.counters(), page);
  const std::uint64_t last_sequence = sources.trail.last_sequence();
  WriteSeals(sources.sealer.counters(), last_sequence, page);
  WriteDeliveries(sources.deliveries.counters(), page);
  WriteReloads(sources.reloads, page);
  WriteRoots(sources.roots.counters(), page);
  WriteInventory(sources.inventory.facts(), page);
  WriteProcessMetrics(page);
  return page.Text();
}

}  // namespace kmaas::app
