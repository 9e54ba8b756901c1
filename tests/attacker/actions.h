// What somebody would try who runs code inside the server.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kmaas::attacker {

// What the actions aim at; all of it is made by the test and may be lost.
struct Targets {
  std::string inside;   // a directory that the server may write
  std::string outside;  // one that it has nothing to do with; holds the files secret and victim
  std::string configuration;  // which the server reads
  int port = 0;               // of a listener on 127.0.0.1 that no setting names
  std::string abstract_name;  // of a listener at an abstract address
};

struct Outcome {
  std::string action;
  bool refused = false;
  int error = 0;
};

// Each action once, in the calling thread, which should do nothing else afterwards. Arguments are
// chosen so that an action which is not refused does no harm: it fails later than it would for want
// of rights, or succeeds with nothing. Refused is what fails with EPERM, EACCES or ENOSYS.
std::vector<Outcome> TryAll(const Targets& targets);

}  // namespace kmaas::attacker
