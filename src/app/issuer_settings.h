// Which OpenID Connect issuers are believed: the form of `issuers` in YAML.
#pragma once

#include <yaml-cpp/yaml.h>

#include <vector>

#include "app/config.h"
#include "app/settings_reader.h"

namespace kmaas::app {

// What is wrong goes to `findings`: URLs that are not https, an issuer that stands twice, one
// without audience or keys, a subject with two principals.
std::vector<IssuerConfig> ReadIssuers(const YAML::Node& list, Findings& findings);

}  // namespace kmaas::app
