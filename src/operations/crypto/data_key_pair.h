// Data key pairs, which are made here and used elsewhere: private halves in PKCS#8, under the key
// of the call.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/call.h"

namespace kmaas::operations {

struct DataKeyPair {
  SecretBytes private_key;  // DER PrivateKeyInfo (RFC 5208)
  Bytes public_key;         // DER SubjectPublicKeyInfo (RFC 5280)
  core::KeyCall::Sealed sealed;
};

// Made in the process, since no HSM lets private halves out. kUnsupportedOperation for a spec that
// is AWS's and not served, and under keys of custom key stores; kThrottling when more RSA keys are
// asked for than the processors can make.
Result<DataKeyPair> MakeDataKeyPair(core::KeyCall& call, const std::string& spec,
                                    const domain::EncryptionContext& context);

}  // namespace kmaas::operations
