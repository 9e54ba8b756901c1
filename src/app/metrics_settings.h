// The section metrics of the configuration.
#pragma once

#include "app/config.h"
#include "app/settings_reader.h"

namespace kmaas::app {

// Reads after https and grpc, whose ports it may not take.
void ReadMetrics(SettingsReader metrics, Config& config);

// Whether nobody but this machine reaches it: 127.0.0.0/8 or ::1.
bool IsLoopback(const std::string& address);

}  // namespace kmaas::app
