// Data keys, which are made here and used elsewhere: random bytes, under the key of the call.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/call.h"

namespace kmaas::operations {

// Size in bytes that GenerateDataKey's KeySpec or NumberOfBytes asks for; kValidation unless
// exactly one is given.
template <class Request>
Result<std::size_t> DataKeyBytes(const Request& request) {
  if (request.has_key_spec() == request.has_number_of_bytes()) {
    return Error{ErrorCode::kValidation, "Please specify either number of bytes or key spec."};
  }
  if (request.has_number_of_bytes()) return static_cast<std::size_t>(request.number_of_bytes());
  return std::size_t{request.key_spec() == "AES_128" ? 16U : 32U};
}

// kInvalidKeyUsage unless the key of the call is one of symmetric encryption: others guard no data
// keys.
Result<void> RequireSymmetricKey(const core::KeyCall& call);

// A data key from the HSM's random generator, and its blob under the call's key.
struct DataKey {
  SecretBytes plaintext;
  core::KeyCall::Sealed sealed;
};
Result<DataKey> MakeDataKey(core::KeyCall& call, std::size_t size,
                            const domain::EncryptionContext& context);

}  // namespace kmaas::operations
