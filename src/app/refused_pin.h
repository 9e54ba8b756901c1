// A PIN that a token refused, remembered in a file of the data directory: whoever starts the server
// again, by hand or as a supervisor of services does every few seconds, does not try it again and
// lock the token.
#pragma once

#include <memory>
#include <string>

#include "hsm/pin_verdict.h"

namespace kmaas::app {

// Of the PIN file as it is now: another one when it is written again. Empty for none.
std::string PinFileSource(const std::string& path);

// `source` is where the PIN comes from; a refusal of another source is none of this one. Null when
// it is empty: a PIN that was typed is tried.
std::unique_ptr<hsm::PinMemory> RefusedPinOf(const std::string& data_directory,
                                             const std::string& token, const std::string& source);

}  // namespace kmaas::app
