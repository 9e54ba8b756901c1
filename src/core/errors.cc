#include "core/errors.h"

namespace kmaas::core {
namespace {

// grpc::StatusCode values; gRPC's headers stay in its front end.
constexpr int kGrpcInvalidArgument = 3;
constexpr int kGrpcDeadlineExceeded = 4;
constexpr int kGrpcNotFound = 5;
constexpr int kGrpcAlreadyExists = 6;
constexpr int kGrpcPermissionDenied = 7;
constexpr int kGrpcResourceExhausted = 8;
constexpr int kGrpcFailedPrecondition = 9;
constexpr int kGrpcUnimplemented = 12;
constexpr int kGrpcInternal = 13;
constexpr int kGrpcUnavailable = 14;
constexpr int kGrpcUnauthenticated = 16;

constexpr ErrorRow kAlreadyExists{"AlreadyExistsException", 400, kGrpcAlreadyExists, false};
constexpr ErrorRow kDependencyTimeout{
    "DependencyTimeoutException", 500, kGrpcDeadlineExceeded, true,
    "The system timed out while trying to fulfill the request. You can retry the request."};
constexpr ErrorRow kDisabled{"DisabledException", 400, kGrpcFailedPrecondition, false};
constexpr ErrorRow kDryRunOperation{"DryRunOperationException", 400, kGrpcFailedPrecondition,
                                    false};
constexpr ErrorRow kIncorrectKey{"IncorrectKeyException", 400, kGrpcInvalidArgument, false};
constexpr ErrorRow kInvalidAliasName{"InvalidAliasNameException", 400, kGrpcInvalidArgument, false};
constexpr ErrorRow kInvalidArn{"InvalidArnException", 400, kGrpcInvalidArgument, false};
constexpr ErrorRow kInvalidCiphertext{"InvalidCiphertextException", 400, kGrpcInvalidArgument,
                                      false};
constexpr ErrorRow kInvalidGrantToken{"InvalidGrantTokenException", 400, kGrpcInvalidArgument,
                                      false};
constexpr ErrorRow kInvalidKeyUsage{"InvalidKeyUsageException", 400, kGrpcFailedPrecondition,
                                    false};
constexpr ErrorRow kInvalidMarker{"InvalidMarkerException", 400, kGrpcInvalidArgument, false};
constexpr ErrorRow kKeyUnavailable{"KeyUnavailableException", 500, kGrpcUnavailable, true,
                                   "The request was rejected because the specified KMS key was not "
                                   "available. You can retry the request."};
constexpr ErrorRow kKmsInternal{
    "KMSInternalException", 500, kGrpcInternal, true,
    "The request was rejected because an internal exception occurred. The request can be retried."};
constexpr ErrorRow kKmsInvalidState{"KMSInvalidStateException", 400, kGrpcFailedPrecondition,
                                    false};
constexpr ErrorRow kLimitExceeded{"LimitExceededException", 400, kGrpcResourceExhausted, false};
constexpr ErrorRow kMalformedPolicyDocument{"MalformedPolicyDocumentException", 400,
                                            kGrpcInvalidArgument, false};
constexpr ErrorRow kNotFound{"NotFoundException", 400, kGrpcNotFound, false};
constexpr ErrorRow kTag{"TagException", 400, kGrpcInvalidArgument, false};
constexpr ErrorRow kUnsupportedOperation{"UnsupportedOperationException", 400, kGrpcUnimplemented,
                                         false};
constexpr ErrorRow kAccessDenied{"AccessDeniedException", 400, kGrpcPermissionDenied, false};
constexpr ErrorRow kExpiredToken{"ExpiredTokenException", 400, kGrpcUnauthenticated, false};
constexpr ErrorRow kIncompleteSignature{"IncompleteSignatureException", 400, kGrpcUnauthenticated,
                                        false};
constexpr ErrorRow kInvalidSignature{"InvalidSignatureException", 400, kGrpcUnauthenticated, false};
constexpr ErrorRow kMissingAuthenticationToken{"MissingAuthenticationTokenException", 400,
                                               kGrpcUnauthenticated, false};
constexpr ErrorRow kRequestEntityTooLarge{"RequestEntityTooLargeException", 413,
                                          kGrpcResourceExhausted, false};
constexpr ErrorRow kSerialization{"SerializationException", 400, kGrpcInvalidArgument, false};
constexpr ErrorRow kThrottling{
    "ThrottlingException", 400, kGrpcResourceExhausted, true,
    "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."};
constexpr ErrorRow kUnknownOperation{"UnknownOperationException", 400, kGrpcUnimplemented, false};
constexpr ErrorRow kUnrecognizedClient{"UnrecognizedClientException", 400, kGrpcUnauthenticated,
                                       false};
constexpr ErrorRow kValidation{"ValidationException", 400, kGrpcInvalidArgument, false};

}  // namespace

const ErrorRow& RowOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kAlreadyExists:
      return kAlreadyExists;
    case ErrorCode::kDependencyTimeout:
      return kDependencyTimeout;
    case ErrorCode::kDisabled:
      return kDisabled;
    case ErrorCode::kDryRunOperation:
      return kDryRunOperation;
    case ErrorCode::kIncorrectKey:
      return kIncorrectKey;
    case ErrorCode::kInvalidAliasName:
      return kInvalidAliasName;
    case ErrorCode::kInvalidArn:
      return kInvalidArn;
    case ErrorCode::kInvalidCiphertext:
      return kInvalidCiphertext;
    case ErrorCode::kInvalidGrantToken:
      return kInvalidGrantToken;
    case ErrorCode::kInvalidKeyUsage:
      return kInvalidKeyUsage;
    case ErrorCode::kInvalidMarker:
      return kInvalidMarker;
    case ErrorCode::kKeyUnavailable:
      return kKeyUnavailable;
    case ErrorCode::kKmsInternal:
      return kKmsInternal;
    case ErrorCode::kKmsInvalidState:
      return kKmsInvalidState;
    case ErrorCode::kLimitExceeded:
      return kLimitExceeded;
    case ErrorCode::kMalformedPolicyDocument:
      return kMalformedPolicyDocument;
    case ErrorCode::kNotFound:
      return kNotFound;
    case ErrorCode::kTag:
      return kTag;
    case ErrorCode::kUnsupportedOperation:
      return kUnsupportedOperation;
    case ErrorCode::kAccessDenied:
      return kAccessDenied;
    case ErrorCode::kExpiredToken:
      return kExpiredToken;
    case ErrorCode::kIncompleteSignature:
      return kIncompleteSignature;
    case ErrorCode::kInvalidSignature:
      return kInvalidSignature;
    case ErrorCode::kMissingAuthenticationToken:
      return kMissingAuthenticationToken;
    case ErrorCode::kRequestEntityTooLarge:
      return kRequestEntityTooLarge;
    case ErrorCode::kSerialization:
      return kSerialization;
    case ErrorCode::kThrottling:
      return kThrottling;
    case ErrorCode::kUnknownOperation:
      return kUnknownOperation;
    case ErrorCode::kUnrecognizedClient:
      return kUnrecognizedClient;
    case ErrorCode::kValidation:
      return kValidation;
  }
  return kKmsInternal;
}

bool IsRefusalOfProof(const ErrorRow& row) { return row.grpc_code == kGrpcUnauthenticated; }

std::string Shortened(const std::string& message, std::size_t bytes_max) {
  if (message.size() <= bytes_max) return message;
  // A character has at most four bytes; what is no UTF-8 to begin with is cut anywhere.
  std::size_t end = bytes_max;
  while (end > 0 && bytes_max - end < 4 &&
         (static_cast<unsigned char>(message[end]) & 0xC0U) == 0x80U)
    --end;
  return message.substr(0, end);
}

}  // namespace kmaas::core
