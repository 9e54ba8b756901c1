// Landlock: the kernel refuses files and TCP ports that are not named (landlock(7)).
#pragma once

#include "base/result.h"
#include "confinement/rights.h"

namespace kmaas::confinement {

// What the running kernel can do; 0: no Landlock. Files from 1 on, ports from 4, signals to others
// and abstract sockets of others from 6.
int LandlockVersion();

// For the calling thread and those that it starts, for good; so call it before there are others
// (kKmsInternal when there are). What the kernel's version cannot confine stays open. `Rights` of
// paths that do not exist, or that the user cannot reach, are left out. The error names what
// failed; nothing is confined then.
Result<void> ConfineFilesAndPorts(const Rights& rights);

}  // namespace kmaas::confinement
