#include "app/custodian_settings.h"

namespace kmaas::app {

void ReadPinFrom(SettingsReader& hsm, HsmConfig& config) {
  bool custodians = false;
  hsm.Choice<bool>("pin_from", custodians, {{"file_or_variable", false}, {"custodians", true}});
  if (!custodians) return;
  if (hsm.Has("pin_file") || hsm.Has("pin_environment"))
    hsm.Refuse("pin_from", "custodians give the PIN together: set no pin_file, no pin_environment");
  config.pin_file.clear();
  config.pin_environment.clear();
}

bool PinFromCustodians(const HsmConfig& hsm) {
  return hsm.pin_file.empty() && hsm.pin_environment.empty();
}

std::string CustodianSocket(const Config& config) {
  return config.data_directory + "/custodians.sock";
}

}  // namespace kmaas::app
