// What the cryptographic operations on symmetric keys share: context, algorithm, data key sizes.
#pragma once

#include <google/protobuf/map.h>

#include <string>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/call.h"
#include "domain/ciphertext.h"

namespace kmaas::operations {

inline constexpr char kSymmetricDefault[] = "SYMMETRIC_DEFAULT";

domain::EncryptionContext ContextOf(const google::protobuf::Map<std::string, std::string>& context);

// kInvalidKeyUsage unless algorithm and key are symmetric. `algorithm` empty: the default.
Result<void> CheckAlgorithm(const std::string& algorithm, const domain::Key& key);

// kValidation: a member that only a dry run may leave out.
Result<void> RequireCiphertext(bool present);

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

// A data key from the HSM's random generator, and its blob under the call's key.
struct DataKey {
  SecretBytes plaintext;
  core::KeyCall::Sealed sealed;
};
Result<DataKey> MakeDataKey(core::KeyCall& call, std::size_t size,
                            const domain::EncryptionContext& context);

}  // namespace kmaas::operations
