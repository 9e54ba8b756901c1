// Giving up root. Before there are threads: capabilities are each thread's own.
#pragma once

#include <string>

#include "base/result.h"

namespace kmaas::confinement {

struct Privileges {
  std::string user;             // to become; empty: stay who one is
  bool binds_low_port = false;  // keeps CAP_NET_BIND_SERVICE, where there is one to keep
};

// The name, or the number, of whom the process runs as.
std::string OwnName();
// The name, or the number, of a file's owner; empty when it cannot be seen.
std::string OwnerOf(const std::string& path);

// Root becomes `user` with its groups, for good: it is tried that root does not come back. Whoever
// is root without a user to become stays so without capabilities: owner of root's files, nothing
// more. Others may only name themselves. Afterwards no program that is executed gains anything
// (no_new_privs). The error is for the operator; the process must end with it.
Result<void> GiveUp(const Privileges& wanted);

}  // namespace kmaas::confinement
