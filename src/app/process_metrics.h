// What the kernel says of this process, under the names that Prometheus's client libraries give it
// (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics).
#pragma once

#include "metrics/page.h"

namespace kmaas::app {

// What cannot be read is left out.
void WriteProcessMetrics(metrics::Page& page);

}  // namespace kmaas::app
