#include "core/errors.h"

#include "core/operation.h"

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
constexpr int kGrpcAborted = 10;
constexpr int kGrpcUnimplemented = 12;
constexpr int kGrpcInternal = 13;
constexpr int kGrpcUnavailable = 14;
constexpr int kGrpcUnauthenticated = 16;

constexpr ErrorRow kAlreadyExists{
    "AlreadyExistsException", 400, kGrpcAlreadyExists, {"EntityAlreadyExists", 409}};
constexpr ErrorRow kDependencyTimeout{
    "DependencyTimeoutException",
    500,
    kGrpcDeadlineExceeded,
    {"ServiceUnavailable", 503},
    "The system timed out while trying to fulfill the request. You can retry the request."};
constexpr ErrorRow kDisabled{"DisabledException", 400, kGrpcFailedPrecondition};
constexpr ErrorRow kDryRunOperation{"DryRunOperationException", 400, kGrpcFailedPrecondition};
constexpr ErrorRow kIncorrectKey{"IncorrectKeyException", 400, kGrpcInvalidArgument};
constexpr ErrorRow kInvalidAliasName{"InvalidAliasNameException", 400, kGrpcInvalidArgument};
constexpr ErrorRow kInvalidArn{
    "InvalidArnException", 400, kGrpcInvalidArgument, {"ValidationError"}};
constexpr ErrorRow kInvalidCiphertext{"InvalidCiphertextException", 400, kGrpcInvalidArgument};
constexpr ErrorRow kInvalidGrantId{"InvalidGrantIdException", 400, kGrpcInvalidArgument};
constexpr ErrorRow kInvalidGrantToken{"InvalidGrantTokenException", 400, kGrpcInvalidArgument};
constexpr ErrorRow kInvalidKeyUsage{"InvalidKeyUsageException", 400, kGrpcFailedPrecondition};
constexpr ErrorRow kInvalidMarker{
    "InvalidMarkerException", 400, kGrpcInvalidArgument, {"ValidationError"}};
constexpr ErrorRow kKeyUnavailable{"KeyUnavailableException",
                                   500,
                                   kGrpcUnavailable,
                                   {"ServiceUnavailable", 503},
                                   "The request was rejected because the specified KMS key was not "
                                   "available. You can retry the request."};
constexpr ErrorRow kKmsInternal{
    "KMSInternalException",
    500,
    kGrpcInternal,
    {"ServiceFailure", 500},
    "The request was rejected because an internal exception occurred. The request can be retried."};
constexpr ErrorRow kKmsInvalidState{"KMSInvalidStateException", 400, kGrpcFailedPrecondition};
constexpr ErrorRow kLimitExceeded{
    "LimitExceededException", 400, kGrpcResourceExhausted, {"LimitExceeded", 409}};
constexpr ErrorRow kMalformedPolicyDocument{"MalformedPolicyDocumentException", 400,
                                            kGrpcInvalidArgument};
constexpr ErrorRow kNotFound{"NotFoundException", 400, kGrpcNotFound, {"NoSuchEntity", 404}};
constexpr ErrorRow kTag{"TagException", 400, kGrpcInvalidArgument, {"InvalidInput"}};
constexpr ErrorRow kUnsupportedOperation{"UnsupportedOperationException", 400, kGrpcUnimplemented};
constexpr ErrorRow kAccessDenied{
    "AccessDeniedException", 400, kGrpcPermissionDenied, {"AccessDenied", 403}};
constexpr ErrorRow kExpiredToken{
    "ExpiredTokenException", 400, kGrpcUnauthenticated, {"ExpiredToken", 403}};
constexpr ErrorRow kIncompleteSignature{
    "IncompleteSignatureException", 400, kGrpcUnauthenticated, {"IncompleteSignature"}};
constexpr ErrorRow kInvalidSignature{
    "InvalidSignatureException", 400, kGrpcUnauthenticated, {"SignatureDoesNotMatch", 403}};
constexpr ErrorRow kMissingAuthenticationToken{"MissingAuthenticationTokenException",
                                               400,
                                               kGrpcUnauthenticated,
                                               {"MissingAuthenticationToken", 403}};
constexpr ErrorRow kRequestEntityTooLarge{
    "RequestEntityTooLargeException", 413, kGrpcResourceExhausted, {"RequestEntityTooLarge", 413}};
constexpr ErrorRow kSerialization{
    "SerializationException", 400, kGrpcInvalidArgument, {"MalformedQueryString"}};
constexpr ErrorRow kThrottling{
    "ThrottlingException",
    400,
    kGrpcResourceExhausted,
    {"Throttling"},
    "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."};
constexpr ErrorRow kUnknownOperation{
    "UnknownOperationException", 400, kGrpcUnimplemented, {"InvalidAction"}};
constexpr ErrorRow kUnrecognizedClient{
    "UnrecognizedClientException", 400, kGrpcUnauthenticated, {"InvalidClientTokenId", 403}};
constexpr ErrorRow kValidation{
    "ValidationException", 400, kGrpcInvalidArgument, {"ValidationError"}};

constexpr ErrorRow kCloudHsmClusterInUse{"CloudHsmClusterInUseException", 400,
                                         kGrpcFailedPrecondition};
constexpr ErrorRow kCloudHsmClusterInvalidConfiguration{
    "CloudHsmClusterInvalidConfigurationException", 400, kGrpcFailedPrecondition};
constexpr ErrorRow kCloudHsmClusterNotActive{"CloudHsmClusterNotActiveException", 400,
                                             kGrpcFailedPrecondition};
constexpr ErrorRow kCloudHsmClusterNotFound{"CloudHsmClusterNotFoundException", 400, kGrpcNotFound};
constexpr ErrorRow kCloudHsmClusterNotRelated{"CloudHsmClusterNotRelatedException", 400,
                                              kGrpcFailedPrecondition};
constexpr ErrorRow kConflict{"ConflictException", 400, kGrpcAborted};
constexpr ErrorRow kCustomKeyStoreHasCmks{"CustomKeyStoreHasCMKsException", 400,
                                          kGrpcFailedPrecondition};
constexpr ErrorRow kCustomKeyStoreInvalidState{"CustomKeyStoreInvalidStateException", 400,
                                               kGrpcFailedPrecondition};
constexpr ErrorRow kCustomKeyStoreNameInUse{"CustomKeyStoreNameInUseException", 400,
                                            kGrpcAlreadyExists};
constexpr ErrorRow kCustomKeyStoreNotFound{"CustomKeyStoreNotFoundException", 400, kGrpcNotFound};
constexpr ErrorRow kExpiredImportToken{"ExpiredImportTokenException", 400, kGrpcInvalidArgument};
constexpr ErrorRow kIncorrectKeyMaterial{"IncorrectKeyMaterialException", 400,
                                         kGrpcInvalidArgument};
constexpr ErrorRow kIncorrectTrustAnchor{"IncorrectTrustAnchorException", 400,
                                         kGrpcInvalidArgument};
constexpr ErrorRow kInvalidImportToken{"InvalidImportTokenException", 400, kGrpcInvalidArgument};
constexpr ErrorRow kKmsInvalidMac{"KMSInvalidMacException", 400, kGrpcInvalidArgument};
constexpr ErrorRow kKmsInvalidSignature{"KMSInvalidSignatureException", 400, kGrpcInvalidArgument};

constexpr ErrorRow kConcurrentModification{
    "ConcurrentModificationException", 400, kGrpcAborted, {"ConcurrentModification", 409}};
constexpr ErrorRow kDeleteConflict{
    "DeleteConflictException", 400, kGrpcFailedPrecondition, {"DeleteConflict", 409}};
// STS says it of identity tokens by another name than of session tokens.
constexpr ErrorRow kExpiredIdentityToken{
    "ExpiredIdentityTokenException", 400, kGrpcUnauthenticated, {"ExpiredTokenException"}};
constexpr ErrorRow kIdpCommunication{
    "IDPCommunicationErrorException", 400, kGrpcUnavailable, {"IDPCommunicationError"}};
constexpr ErrorRow kInvalidAuthenticationCode{"InvalidAuthenticationCodeException",
                                              400,
                                              kGrpcPermissionDenied,
                                              {"InvalidAuthenticationCode", 403}};
constexpr ErrorRow kInvalidIdentityToken{"InvalidIdentityTokenException", 400,
                                         kGrpcUnauthenticated};
constexpr ErrorRow kInvalidInput{"InvalidInputException", 400, kGrpcInvalidArgument};
constexpr ErrorRow kPackedPolicyTooLarge{
    "PackedPolicyTooLargeException", 400, kGrpcInvalidArgument, {"PackedPolicyTooLarge"}};

}  // namespace

const ErrorRow& RowOf(ErrorCode code) {
  switch (code) {
#define KM_ROW(name)    \
  case ErrorCode::name: \
    return name;
    KM_ROW(kAlreadyExists)
    KM_ROW(kCloudHsmClusterInUse)
    KM_ROW(kCloudHsmClusterInvalidConfiguration)
    KM_ROW(kCloudHsmClusterNotActive)
    KM_ROW(kCloudHsmClusterNotFound)
    KM_ROW(kCloudHsmClusterNotRelated)
    KM_ROW(kConflict)
    KM_ROW(kCustomKeyStoreHasCmks)
    KM_ROW(kCustomKeyStoreInvalidState)
    KM_ROW(kCustomKeyStoreNameInUse)
    KM_ROW(kCustomKeyStoreNotFound)
    KM_ROW(kDependencyTimeout)
    KM_ROW(kDisabled)
    KM_ROW(kDryRunOperation)
    KM_ROW(kExpiredImportToken)
    KM_ROW(kIncorrectKey)
    KM_ROW(kIncorrectKeyMaterial)
    KM_ROW(kIncorrectTrustAnchor)
    KM_ROW(kInvalidAliasName)
    KM_ROW(kInvalidArn)
    KM_ROW(kInvalidCiphertext)
    KM_ROW(kInvalidGrantId)
    KM_ROW(kInvalidGrantToken)
    KM_ROW(kInvalidImportToken)
    KM_ROW(kInvalidKeyUsage)
    KM_ROW(kInvalidMarker)
    KM_ROW(kKeyUnavailable)
    KM_ROW(kKmsInternal)
    KM_ROW(kKmsInvalidMac)
    KM_ROW(kKmsInvalidSignature)
    KM_ROW(kKmsInvalidState)
    KM_ROW(kLimitExceeded)
    KM_ROW(kMalformedPolicyDocument)
    KM_ROW(kNotFound)
    KM_ROW(kTag)
    KM_ROW(kUnsupportedOperation)
    KM_ROW(kAccessDenied)
    KM_ROW(kExpiredToken)
    KM_ROW(kIncompleteSignature)
    KM_ROW(kInvalidSignature)
    KM_ROW(kMissingAuthenticationToken)
    KM_ROW(kRequestEntityTooLarge)
    KM_ROW(kSerialization)
    KM_ROW(kThrottling)
    KM_ROW(kUnknownOperation)
    KM_ROW(kUnrecognizedClient)
    KM_ROW(kValidation)
    KM_ROW(kConcurrentModification)
    KM_ROW(kDeleteConflict)
    KM_ROW(kExpiredIdentityToken)
    KM_ROW(kIdpCommunication)
    KM_ROW(kInvalidAuthenticationCode)
    KM_ROW(kInvalidIdentityToken)
    KM_ROW(kInvalidInput)
    KM_ROW(kPackedPolicyTooLarge)
#undef KM_ROW
  }
  return kKmsInternal;
}

std::string_view QueryCodeOf(const ErrorRow& row) {
  if (!row.query.code.empty()) return row.query.code;
  constexpr std::string_view kSuffix = "Exception";
  std::string_view name = row.aws_name;
  if (name.ends_with(kSuffix)) name.remove_suffix(kSuffix.size());
  return name;
}

std::string_view NameOf(const ErrorRow& row, const Operation* operation) {
  const bool is_query = operation != nullptr && !operation->query_version.empty();
  return is_query ? QueryCodeOf(row) : row.aws_name;
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
