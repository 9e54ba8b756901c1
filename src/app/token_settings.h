// The tokens of the service: one, or several that have the same keys.
#pragma once

#include <vector>

#include "app/config.h"
#include "app/settings_reader.h"

namespace kmaas::app {

// After hsm.tokens and hsm.workers were read: a group has so many members at most.
void RefuseTooManyEngines(SettingsReader& hsm, const HsmConfig& config);

// hsm.tokens and hsm.spread.
void ReadTokens(SettingsReader& hsm, HsmConfig& config, Findings& findings);

// Those of hsm.tokens, or the one that the settings beside it name: at least one.
std::vector<TokenConfig> TokensOf(const HsmConfig& hsm);

// The same with the first token alone: for `kmaas init` and `kmaas root add`, which make the keys
// that the others are given by cloning it.
Config OnFirstToken(Config config);

}  // namespace kmaas::app
