// Everything that /metrics shows, read where it is counted.
#pragma once

#include <string>

#include "app/inventory.h"
#include "app/reload_counters.h"
#include "app/root_rotator.h"
#include "app/token_sweeping.h"
#include "audit/sealer.h"
#include "audit/trail.h"
#include "frontends/grpc/connection_watch.h"
#include "frontends/http/connection_counters.h"
#include "hsm/engine_group.h"
#include "metrics/call_counters.h"
#include "siem/current_deliveries.h"
#include "storage/anchoring.h"
#include "storage/clock_watch.h"
#include "storage/sqlite/sqlite_store.h"
#include "traffic/call_quotas.h"

namespace kmaas::app {

// Borrows all.
struct MetricsSources {
  const metrics::CallCounters& calls;
  const hsm::EngineGroup& engine;
  const storage::SqliteStore& store;
  const audit::Trail& trail;
  const Inventory& inventory;
  const storage::Anchoring* anchoring;  // null: nobody anchors
  const storage::ClockWatch& clock_watch;
  const audit::Sealer& sealer;
  const traffic::CallQuotas& quotas;
  const siem::CurrentDeliveries& deliveries;
  const ReloadCounters& reloads;
  const TokenSweeping& sweeping;
  const RootRotator& roots;
};

// What the server itself knows at the moment.
struct ServerFacts {
  bool ready = false;
  http::ConnectionCounters https;
  grpc_front::ConnectionWatchCounters grpc;
  std::size_t https_connections = 0;
  std::size_t grpc_connections = 0;
};

// Calls nothing that waits for the token or the disk.
std::string MetricsPage(const MetricsSources& sources, const ServerFacts& server);

}  // namespace kmaas::app
