// Where SoftHSM has its files, by its own rules: softhsm2.conf(5).
#pragma once

#include <string>

namespace kmaas::hsm {

// SOFTHSM2_CONF, then the user's file, then the system's. Whether it is there is another question.
std::string SoftHsmConfiguration();
// The directory of all tokens, as that file says; empty when it says none.
std::string SoftHsmDirectory();

}  // namespace kmaas::hsm
