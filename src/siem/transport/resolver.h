// The addresses of a name, asked of the system's resolver, which knows no deadline of its own.
#pragma once

#include <netdb.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "siem/transport/socket.h"

namespace kmaas::siem {

struct AddressesFreer {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, AddressesFreer>;

// getaddrinfo(3); tests put others here.
using Lookup = std::function<int(const char* host, const char* service, const addrinfo* hints,
                                 addrinfo** found)>;

// Asks on a thread that nobody waits for when it takes too long or the service stops: one that asks
// name servers that are away lives for minutes, and the process may end meanwhile.
Result<Addresses> Resolve(const std::string& host, std::uint16_t port, const Patience& patience,
                          const Lookup& lookup = ::getaddrinfo);

}  // namespace kmaas::siem
