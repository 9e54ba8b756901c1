// How many TCP connections this process has at a port, for servers that do not tell.
#pragma once

#include <cstddef>

namespace kmaas::app {

// Of those that it accepted there and has not closed, at this moment. Looks at its own descriptors;
// never waits.
std::size_t ConnectionsAt(int local_port);

}  // namespace kmaas::app
