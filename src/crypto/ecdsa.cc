// ECDSA verification over OpenSSL.
#include "crypto/ecdsa.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

namespace kmaas::crypto {
namespace {

// SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING of 65 bytes }.
constexpr std::uint8_t kP256Prefix[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                        0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                        0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

template <class T, void (*Free)(T*)>
struct FreeBy {
  void operator()(T* object) const { Free(object); }
};
template <class T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, FreeBy<T, Free>>;

// OpenSSL wants the DER form of a signature.
Bytes DerSignature(ByteView r_then_s) {
  const Owned<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(r_then_s.data(), 32, nullptr);
  BIGNUM* s = BN_bin2bn(r_then_s.data() + 32, 32, nullptr);
  if (signature == nullptr || r == nullptr || s == nullptr ||
      ECDSA_SIG_set0(signature.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return {};
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

Bytes P256SubjectPublicKeyInfo(ByteView point) {
  Bytes info(std::begin(kP256Prefix), std::end(kP256Prefix));
  Append(info, point);
  return info;
}

bool VerifyP256(ByteView public_key, const std::array<std::uint8_t, 32>& digest,
                ByteView signature) {
  if (signature.size() != kP256SignatureBytes ||
      public_key.size() != sizeof kP256Prefix + kP256PointBytes)
    return false;
  const unsigned char* at = public_key.data();
  const Owned<EVP_PKEY, EVP_PKEY_free> key(
      d2i_PUBKEY(nullptr, &at, static_cast<long>(public_key.size())));
  if (key == nullptr) return false;
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new(key.get(), nullptr));
  const Bytes der = DerSignature(signature);
  return context != nullptr && !der.empty() && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_verify(context.get(), der.data(), der.size(), digest.data(), digest.size()) == 1;
}

}  // namespace kmaas::crypto
