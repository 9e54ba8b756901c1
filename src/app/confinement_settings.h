// The section confinement of the configuration.
#pragma once

#include "app/config.h"
#include "app/settings_reader.h"

namespace kmaas::app {

// Names of system calls are those of this machine's kind.
void ReadConfinement(SettingsReader section, Config& config);

}  // namespace kmaas::app
