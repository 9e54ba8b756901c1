// Which tokens custom key stores may have: the form of `key_stores` in YAML.
#pragma once

#include <yaml-cpp/yaml.h>

#include <vector>

#include "app/config.h"
#include "app/settings_reader.h"

namespace kmaas::app {

// What is wrong goes to `findings`: a cluster id or an account of another form, a cluster or a
// token that stands twice, one without a name, and the token of the service itself (`own`).
std::vector<KeyStoreConfig> ReadKeyStores(const YAML::Node& list, const HsmConfig& own,
                                          Findings& findings);

}  // namespace kmaas::app
