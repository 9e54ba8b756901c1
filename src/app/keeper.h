// `kmaasd --keep-sockets`: a small process that keeps the listening sockets open while servers come
// and go.
#pragma once

#include <string>

#include "base/result.h"

namespace kmaas::app {

// Opens the sockets, gives up root, and runs the server as a child, to which it passes them. It
// holds no secret but a PIN in its environment, which the next server needs, and answers nobody.
//   SIGTERM, SIGINT  ends the server, then itself, with its exit status
//   SIGHUP           is the server's
//   SIGUSR2          a new server of the program that is installed now, once `kmaasd --check` likes
//                    the configuration; meanwhile connections wait in the sockets' queues. Where it
//                    does not, the server goes on.
// A server that ends by itself ends the keeper: whoever supervises it decides what then. Returns
// the exit status. Call before there are threads; `program` is the path of kmaasd.
Result<int> KeepSockets(const std::string& config_file, const std::string& program);

// Whether the parent of this process is a keeper, who has the process id that others want.
bool HasKeeper();

}  // namespace kmaas::app
