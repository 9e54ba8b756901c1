#include "audit/uses_of_keys.h"

#include <algorithm>
#include <array>

namespace kmaas::audit {
namespace {

// AWS's names of the operations on data (AWS KMS API Reference, "Actions").
constexpr std::array<std::string_view, 17> kUses{"Decapsulate",
                                                 "Decrypt",
                                                 "DeriveSharedSecret",
                                                 "Encapsulate",
                                                 "Encrypt",
                                                 "GenerateDataKey",
                                                 "GenerateDataKeyPair",
                                                 "GenerateDataKeyPairWithoutPlaintext",
                                                 "GenerateDataKeyWithoutPlaintext",
                                                 "GenerateMac",
                                                 "GenerateRandom",
                                                 "ReEncrypt",
                                                 "ReEncryptFrom",
                                                 "ReEncryptTo",
                                                 "Sign",
                                                 "Verify",
                                                 "VerifyMac"};

}  // namespace

bool IsUseOfKey(std::string_view event_name) {
  return std::find(kUses.begin(), kUses.end(), event_name) != kUses.end();
}

}  // namespace kmaas::audit
