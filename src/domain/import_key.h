// The wrapping keys of imports: what GetParametersForImport hands out, and ImportKeyMaterial takes
// back.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "domain/ids.h"
#include "domain/key_spec.h"

namespace kmaas::domain {

enum class WrappingKeySpec { kRsa2048, kRsa3072, kRsa4096 };
std::string_view ToText(WrappingKeySpec spec);
std::size_t BitsOf(WrappingKeySpec spec);
template <>
inline constexpr auto kCount<WrappingKeySpec> = CountTo(WrappingKeySpec::kRsa4096);

// Wrapping key and import token belong together, to one key and one algorithm. Source: AWS KMS API,
// GetParametersForImport.
inline constexpr std::chrono::hours kImportKeyLife{24};

struct ImportKey {
  ImportKeyId id;
  KeyId key_id;  // of the key that may be imported into
  std::string account;
  std::string region;
  WrappingKeySpec spec = WrappingKeySpec::kRsa2048;
  WrappingAlgorithm algorithm = WrappingAlgorithm::kRsaesOaepSha256;
  Bytes public_key;  // DER SubjectPublicKeyInfo
  WallTime created{};
  WallTime valid_to{};  // created + kImportKeyLife
};

}  // namespace kmaas::domain
