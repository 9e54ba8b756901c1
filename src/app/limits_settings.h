// The section `limits`: bounds of connections and requests, and request quotas.
#pragma once

#include "app/config.h"
#include "app/settings_reader.h"

namespace kmaas::app {

// Quotas are named as the operations that there are.
void ReadLimits(SettingsReader limits, Findings& findings, LimitsConfig& config);

}  // namespace kmaas::app
