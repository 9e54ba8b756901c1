// What watches over store and trail, as metrics: alarms, anchors, seals, the way to the SIEM; and
// the rotation of roots.
#pragma once

#include "app/reload_counters.h"
#include "audit/sealer.h"
#include "hsm/engine_group.h"
#include "lifecycle/root_rotation.h"
#include "lifecycle/token_sweep.h"
#include "metrics/page.h"
#include "siem/deliveries.h"
#include "storage/anchoring.h"
#include "storage/clock_watch.h"

namespace kmaas::app {

// Alarms of this process, whatever raised them.
void WriteMembers(const hsm::EngineGroup& group, metrics::Page& page);
void WriteIntegrity(metrics::Page& page);
void WriteAnchoring(const storage::AnchoringCounters& anchoring, metrics::Page& page);
// What was read again while the server runs.
void WriteReloads(const ReloadCounters& reloads, metrics::Page& page);
void WriteSweep(const lifecycle::SweepCounters& sweep, metrics::Page& page);
void WriteClock(const storage::ClockCounters& clock, metrics::Page& page);
// `last_sequence`: of the newest record, read before the counters.
void WriteSeals(const audit::SealCounters& seals, std::uint64_t last_sequence, metrics::Page& page);
void WriteRoots(const lifecycle::RootRotationCounters& roots, metrics::Page& page);
// A destination's name stands in the configuration, so there are few.
void WriteDeliveries(const std::vector<siem::DeliveryCounters>& deliveries, metrics::Page& page);

}  // namespace kmaas::app
