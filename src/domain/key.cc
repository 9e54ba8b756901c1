#include "domain/key.h"

namespace kmaas::domain {

std::string_view ToText(KeyOrigin origin) {
  switch (origin) {
    case KeyOrigin::kAwsKms:
      return "AWS_KMS";
    case KeyOrigin::kExternal:
      return "EXTERNAL";
    case KeyOrigin::kAwsCloudHsm:
      return "AWS_CLOUDHSM";
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

std::string_view ToText(ExpirationModel model) {
  switch (model) {
    case ExpirationModel::kExpires:
      return "KEY_MATERIAL_EXPIRES";
    case ExpirationModel::kDoesNotExpire:
      return "KEY_MATERIAL_DOES_NOT_EXPIRE";
  }
  return "";
}

std::string_view ToText(MultiRegionKeyType type) {
  switch (type) {
    case MultiRegionKeyType::kPrimary:
      return "PRIMARY";
    case MultiRegionKeyType::kReplica:
      return "REPLICA";
  }
  return "";
}

std::string_view ToText(RotationType type) {
  switch (type) {
    case RotationType::kAutomatic:
      return "AUTOMATIC";
    case RotationType::kOnDemand:
      return "ON_DEMAND";
  }
  return "";
}

std::string_view ToText(ImportState state) {
  switch (state) {
    case ImportState::kImported:
      return "IMPORTED";
    case ImportState::kPendingImport:
      return "PENDING_IMPORT";
  }
  return "";
}

std::string_view ToText(KeyMaterialState state) {
  switch (state) {
    case KeyMaterialState::kNonCurrent:
      return "NON_CURRENT";
    case KeyMaterialState::kCurrent:
      return "CURRENT";
    case KeyMaterialState::kPendingRotation:
      return "PENDING_ROTATION";
    case KeyMaterialState::kPendingMultiRegionImportAndRotation:
      return "PENDING_MULTI_REGION_IMPORT_AND_ROTATION";
  }
  return "";
}

std::string_view ToText(Custody custody) {
  switch (custody) {
    case Custody::kWrapped:
      return "wrapped";
    case Custody::kResident:
      return "resident";
    case Custody::kProcess:
      return "process";
  }
  return "";
}

std::string_view ToText(WrapDialect dialect) {
  switch (dialect) {
    case WrapDialect::kNone:
      return "none";
    case WrapDialect::kPkcs11WrapPad:
      return "pkcs11-wrap-pad";
    case WrapDialect::kPkcs11WrapKwp:
      return "pkcs11-wrap-kwp";
    case WrapDialect::kProcessSeal:
      return "process-seal";
  }
  return "";
}

}  // namespace kmaas::domain
