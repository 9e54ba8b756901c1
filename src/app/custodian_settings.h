// Whether several people give the user PIN together, and where.
#pragma once

#include <string>

#include "app/config.h"
#include "app/settings_reader.h"

namespace kmaas::app {

// hsm.pin_from, after the two places that it excludes were read: with custodians, both are empty.
void ReadPinFrom(SettingsReader& hsm, HsmConfig& config);
bool PinFromCustodians(const HsmConfig& hsm);

// Where they give their shares.
std::string CustodianSocket(const Config& config);

}  // namespace kmaas::app
