// What a confined process may still do.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kmaas::confinement {

// Paths are absolute. A directory stands for all that is below it, now and later; a path that does
// not exist gives nothing. Nothing that is named here may be executed.
struct Rights {
  std::vector<std::string> readable;
  std::vector<std::string> writable;         // and readable; devices may be controlled
  std::vector<std::uint16_t> listen_ports;   // TCP; 0: any that is free
  std::vector<std::uint16_t> connect_ports;  // TCP, on whatever host
  bool resolves_names = false;               // asks name servers
  bool loads_libraries = false;              // after it is confined
  std::vector<std::string> system_calls;     // further ones by name, with whatever arguments
};

}  // namespace kmaas::confinement
