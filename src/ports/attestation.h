// Attestation documents: who may get a secret that is encrypted for it alone.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace kmaas::ports {

// What a document proves that verified. Source: AWS Nitro Enclaves, "Verifying the root of trust".
struct Attestation {
  Bytes public_key;  // DER SubjectPublicKeyInfo of an RSA key, made inside what is attested
  std::map<unsigned, Bytes> pcrs;  // platform configuration registers, by index
  bool nitro_tpm = false;          // the registers are those of a NitroTPM
  std::string module_id;           // of what issued it: an enclave, an instance
};

// Thread-safe.
class AttestationVerifier {
 public:
  virtual ~AttestationVerifier() = default;
  // kValidation for whatever is wrong with a document.
  virtual Result<std::shared_ptr<const Attestation>> Verify(ByteView document) = 0;
};

}  // namespace kmaas::ports
