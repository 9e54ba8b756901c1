#include "app/metrics_sources.h"

#include <chrono>

#include "app/process_metrics.h"

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
}

void WriteEngine(const hsm::Engine& engine, Page& page) {
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
  constexpr char kWaitingHelp[] = "Calls that wait for a turn at the token.";
  page.Gauge("kmaas_hsm_lane_waiting", kWaitingHelp, static_cast<double>(status.short_lane_waiting),
             {{"lane", "short"}});
  page.Gauge("kmaas_hsm_lane_waiting", kWaitingHelp, static_cast<double>(status.long_lane_waiting),
             {{"lane", "long"}});
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
  sources.calls.Write(page);
  WriteEngine(sources.engine, page);
  WriteStore(sources.store, page);
  WriteTrail(sources.trail, page);
  WriteInventory(sources.inventory.facts(), page);
  WriteProcessMetrics(page);
  return page.Text();
}

}  // namespace kmaas::app
