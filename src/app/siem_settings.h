// Where audit events go: the form of `siem` in YAML.
#pragma once

#include <yaml-cpp/yaml.h>

#include <vector>

#include "app/config.h"
#include "app/settings_reader.h"
#include "siem/deliveries.h"

namespace kmaas::app {

// What is wrong goes to `findings`: a name that stands twice or cannot name a file, a destination
// without what its transport needs, a setting of another transport.
std::vector<siem::Destination> ReadDestinations(const YAML::Node& list, Findings& findings);

// The files that each destination names are there and fit together: kmaasd --check.
Result<void> CheckDestinations(const std::vector<siem::Destination>& destinations);

// Where the cursors are: <data_directory>/siem.
std::string CursorDirectory(const Config& config);

// What events say of who sends them.
siem::Producer EventProducer();

// What destinations need before they start: the directory of the cursors. Says in the log what is
// doubtful about them. Fails without the directory.
Result<void> PrepareDestinations(const Config& config);

}  // namespace kmaas::app
