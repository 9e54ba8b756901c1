// What public and private keys share of OpenSSL: ownership, parameters of algorithms, the test that
// a key is of a spec. For this folder only.
#pragma once

#include <openssl/evp.h>

#include <memory>

#include "base/bytes.h"
#include "domain/key_spec.h"

namespace kmaas::crypto {

template <class T, void (*Free)(T*)>
struct FreeBy {
  void operator()(T* object) const { Free(object); }
};
template <class T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, FreeBy<T, Free>>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using MessageContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

// OpenSSL's name of the curve; null for what has none.
const char* CurveName(domain::KeySpec spec);

// Of the type, size and curve of the spec, with parameters that are allowed.
bool IsOfSpec(const EVP_PKEY* key, domain::KeySpec spec);

// Whether keys of the spec sign with the algorithm, and `input` has the length that it needs.
bool CanSign(domain::KeySpec spec, domain::SigningAlgorithm algorithm, ByteView input);

// Hash, padding and salt length of a signature over a digest. The context is initialised.
bool SetSignatureParameters(EVP_PKEY_CTX* context, domain::SigningAlgorithm algorithm);
// Padding and both hashes.
bool SetOaepParameters(EVP_PKEY_CTX* context, domain::EncryptionAlgorithm algorithm);

KeyContext ContextOf(EVP_PKEY* key);

}  // namespace kmaas::crypto
