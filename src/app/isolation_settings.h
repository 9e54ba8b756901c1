// The settings of the section hsm that say where PKCS#11 modules run.
#pragma once

#include "app/config.h"
#include "app/settings_reader.h"

namespace kmaas::app {

void ReadIsolation(SettingsReader& hsm, IsolationConfig& config);

}  // namespace kmaas::app
