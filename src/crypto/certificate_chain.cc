#include "crypto/certificate_chain.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "crypto/openssl_keys.h"

namespace kmaas::crypto {
namespace {

constexpr int kDepthMax = 8;          // of authorities between leaf and root
constexpr int kSecurityLevel128 = 3;  // SSL_CTX_set_security_level(3)
constexpr int kIsAuthority = 1;       // X509_check_ca: by basicConstraints, not by lenience

using Certificate = Owned<X509, X509_free>;
using Verification = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;

struct FreeCertificates {
  void operator()(STACK_OF(X509) * certificates) const {
    sk_X509_pop_free(certificates, X509_free);
  }
};
using Certificates = std::unique_ptr<STACK_OF(X509), FreeCertificates>;

// What is encrypted is refused rather than asked about at the terminal.
int NoPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) { return -1; }

Certificate FromDer(ByteView der) {
  const unsigned char* at = der.data();
  Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (at != der.data() + der.size()) return nullptr;
  return certificate;
}

Certificates FromDer(std::span<const ByteView> all) {
  Certificates certificates(sk_X509_new_null());
  for (const ByteView der : all) {
    Certificate one = FromDer(der);
    if (certificates == nullptr || one == nullptr ||
        sk_X509_push(certificates.get(), one.get()) == 0)
      return nullptr;
    static_cast<void>(one.release());
  }
  return certificates;
}

bool IsRoot(X509* certificate) {
  return X509_check_ca(certificate) == kIsAuthority &&
         X509_check_issued(certificate, certificate) == X509_V_OK;
}

// OpenSSL lets pass as an authority what only its key usage, or its age, makes one.
bool AreAuthorities(STACK_OF(X509) * chain) {
  for (int i = 1; i < sk_X509_num(chain); ++i) {
    if (X509_check_ca(sk_X509_value(chain, i)) != kIsAuthority) return false;
  }
  return true;
}

// To OpenSSL a certificate that does not say what its key is for is for everything.
bool MaySign(X509* leaf) {
  return X509_check_ca(leaf) == 0 && (X509_get_extension_flags(leaf) & EXFLAG_KUSAGE) != 0 &&
         (X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE) != 0;
}

std::optional<Bytes> KeyIn(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return std::nullopt;
  Bytes key(der, der + size);
  OPENSSL_free(der);
  return key;
}

std::optional<Bytes> Verified(X509_STORE* roots, X509* leaf, STACK_OF(X509) * between,
                              WallTime now) {
  const Verification verification(X509_STORE_CTX_new());
  if (verification == nullptr || X509_STORE_CTX_init(verification.get(), roots, leaf, between) != 1)
    return std::nullopt;
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(verification.get());
  X509_VERIFY_PARAM_set_time(parameters, std::chrono::system_clock::to_time_t(now));
  X509_VERIFY_PARAM_set_depth(parameters, kDepthMax);
  X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel128);
  if (X509_verify_cert(verification.get()) != 1 ||
      !AreAuthorities(X509_STORE_CTX_get0_chain(verification.get())) || !MaySign(leaf))
    return std::nullopt;
  return KeyIn(leaf);
}

}  // namespace

TrustedRoots::TrustedRoots() : store_(X509_STORE_new(), &X509_STORE_free) {}

bool TrustedRoots::Add(std::string_view pem) {
  const Owned<BIO, BIO_free_all> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (store_ == nullptr || text == nullptr) return false;
  bool found = false;
  while (true) {
    const Certificate root(PEM_read_bio_X509(text.get(), nullptr, &NoPassword, nullptr));
    if (root == nullptr) break;
    if (!IsRoot(root.get()) || X509_STORE_add_cert(store_.get(), root.get()) != 1) return false;
    found = true;
  }
  // The end of the text, or something that is broken.
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  return found && ended;
}

std::optional<Bytes> TrustedRoots::KeyOf(ByteView leaf, std::span<const ByteView> intermediates,
                                         WallTime now) const {
  const Certificate end = FromDer(leaf);
  const Certificates between = FromDer(intermediates);
  std::optional<Bytes> key;
  if (end != nullptr && between != nullptr)
    key = Verified(store_.get(), end.get(), between.get(), now);
  ERR_clear_error();
  return key;
}

}  // namespace kmaas::crypto
