// The vocabulary of failure: AWS's exception names, plus what only the log may know.
#pragma once

namespace kmaas {

// One enumerator per error that a caller can be sent. Wire names, HTTP status and gRPC codes stand
// in src/core/errors.cc, one row each; the mappings are switches without default, so a new
// enumerator does not compile until it has its row. Sources: AWS KMS, IAM and STS service
// models (errors), AWS common errors.
enum class ErrorCode {
  // Modelled by AWS KMS.
  kAlreadyExists,
  kCloudHsmClusterInUse,
  kCloudHsmClusterInvalidConfiguration,
  kCloudHsmClusterNotActive,
  kCloudHsmClusterNotFound,
  kCloudHsmClusterNotRelated,
  kConflict,
  kCustomKeyStoreHasCmks,
  kCustomKeyStoreInvalidState,
  kCustomKeyStoreNameInUse,
  kCustomKeyStoreNotFound,
  kDependencyTimeout,
  kDisabled,
  kDryRunOperation,
  kExpiredImportToken,
  kIncorrectKey,
  kIncorrectKeyMaterial,
  kIncorrectTrustAnchor,
  kInvalidAliasName,
  kInvalidArn,
  kInvalidCiphertext,
  kInvalidGrantId,
  kInvalidGrantToken,
  kInvalidImportToken,
  kInvalidKeyUsage,
  kInvalidMarker,
  kKeyUnavailable,
  kKmsInternal,
  kKmsInvalidMac,
  kKmsInvalidSignature,
  kKmsInvalidState,
  kLimitExceeded,
  kMalformedPolicyDocument,
  kNotFound,
  kTag,
  kUnsupportedOperation,
  // Common to AWS JSON services.
  kAccessDenied,
  kExpiredToken,
  kIncompleteSignature,
  kInvalidSignature,
  kMissingAuthenticationToken,
  kRequestEntityTooLarge,
  kSerialization,
  kThrottling,
  kUnknownOperation,
  kUnrecognizedClient,
  kValidation,
  // Modelled by AWS IAM and STS.
  kConcurrentModification,
  kDeleteConflict,
  kExpiredIdentityToken,
  kIdpCommunication,
  kInvalidAuthenticationCode,
  kInvalidIdentityToken,
  kInvalidInput,
  kPackedPolicyTooLarge,
};

}  // namespace kmaas
