#include "domain/key.h"

namespace kmaas::domain {

std::string_view ToText(KeySpec spec) {
  switch (spec) {
    case KeySpec::kSymmetricDefault:
      return "SYMMETRIC_DEFAULT";
  }
  return "";
}

std::string_view ToText(KeyUsage usage) {
  switch (usage) {
    case KeyUsage::kEncryptDecrypt:
      return "ENCRYPT_DECRYPT";
  }
  return "";
}

std::string_view ToText(KeyOrigin origin) {
  switch (origin) {
    case KeyOrigin::kAwsKms:
      return "AWS_KMS";
  }
  return "";
}

std::string_view ToText(KeyState state) {
  switch (state) {
    case KeyState::kCreating:
      return "Creating";
    case KeyState::kEnabled:
      return "Enabled";
    case KeyState::kDisabled:
      return "Disabled";
    case KeyState::kPendingDeletion:
      return "PendingDeletion";
    case KeyState::kPendingImport:
      return "PendingImport";
    case KeyState::kPendingReplicaDeletion:
      return "PendingReplicaDeletion";
    case KeyState::kUnavailable:
      return "Unavailable";
    case KeyState::kUpdating:
      return "Updating";
  }
  return "";
}

std::string_view ToText(Custody custody) {
  switch (custody) {
    case Custody::kWrapped:
      return "wrapped";
    case Custody::kResident:
      return "resident";
  }
  return "";
}

}  // namespace kmaas::domain
