// Listening sockets that somebody keeps open while servers come and go: systemd, or `kmaasd
// --keep-sockets`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/config.h"
#include "base/listening_socket.h"
#include "base/result.h"

namespace kmaas::app {

// Those that are open were passed on; a server opens the others itself.
struct Listeners {
  ListeningSocket https;
  ListeningSocket grpc;
  ListeningSocket metrics;

  // Whether clients find a queue to wait in while no server runs.
  bool are_kept() const { return https.is_open() || grpc.is_open(); }
};

// Where the configuration wants a listener; `name` is that of its section.
struct WantedListener {
  std::string name;
  std::string address;
  std::uint16_t port = 0;
  ListeningSocket Listeners::*socket = nullptr;
};
// Without metrics when they are off.
std::vector<WantedListener> WantedListeners(const Config& config);

// What sd_listen_fds(3) describes: LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES, which leave the
// environment. A socket belongs to the section that its name says (https, grpc, metrics), else to
// the one with its address and port. One that agrees with no section is an error, which says both.
// Call before there are threads. None when nobody passes any.
Result<Listeners> TakePassedSockets(const Config& config);

// Puts the open ones at descriptors 3, 4, ... and says so in the environment, for a program that
// this process executes next; so call it in a child. False when descriptors run out.
bool PassSockets(const Listeners& listeners);

}  // namespace kmaas::app
