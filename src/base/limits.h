// Every bound of the service, with its unit last in the name. Sources: AWS KMS service model and
// quotas unless said.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kmaas::limits {

inline constexpr std::size_t kCiphertextBytesMax = 6144;
inline constexpr std::size_t kPolicyBytesMax = 32768;
inline constexpr std::size_t kAliasesPerKeyMax = 50;
inline constexpr std::size_t kTagsPerKeyMax = 50;
inline constexpr std::size_t kGrantsPerKeyMax = 50'000;
inline constexpr std::size_t kGrantConstraintPairsMax = 8;
inline constexpr std::size_t kGrantConstraintValueCharactersMax = 384;
inline constexpr int kDeletionWindowDaysMin = 7;
inline constexpr int kDeletionWindowDaysMax = 30;
inline constexpr std::uint32_t kOnDemandRotationsPerKeyMax = 25;   // for ever
inline constexpr std::chrono::hours kImportValidityMax{365 * 24};  // of imported material
// AWS publishes no limit; XKS proxies must take 8192 bytes of AAD, so that is ours (serialised
// form).
inline constexpr std::size_t kEncryptionContextBytesMax = 8192;

// Own bounds: above what any valid call needs.
inline constexpr std::size_t kRequestBodyBytesMax = std::size_t{1} << 20U;
// Of all connections over HTTPS together, small bodies aside.
inline constexpr std::size_t kRequestBodiesBytesMax = std::size_t{128} << 20U;
inline constexpr std::size_t kRequestHeaderBytesMax = std::size_t{16} << 10U;
// An identity token of 20,000 bytes, or a session token of 8 KB and its signature, and room.
inline constexpr std::size_t kRequestMetadataBytesMax = std::size_t{32} << 10U;  // gRPC
inline constexpr std::size_t kRequestHeadersMax = 100;
inline constexpr std::size_t kImportKeysPerKeyMax = 5;
inline constexpr std::size_t kJsonDepthMax = 16;
inline constexpr std::chrono::seconds kRequestReadMax{30};
inline constexpr std::chrono::seconds kIdleConnectionMax{75};
inline constexpr std::chrono::seconds kCallDeadline{10};
inline constexpr std::chrono::minutes kClockSkewMax{5};  // SigV4

}  // namespace kmaas::limits
