// Certificates and keys in PEM, read with OpenSSL: what tests look at them with.
#pragma once

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace kmaas::app {

struct PemRelease {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};
template <class T>
using Pem = std::unique_ptr<T, PemRelease>;

inline Pem<X509> ReadCertificate(const std::string& pem) {
  const Pem<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Pem<X509>(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

inline Pem<EVP_PKEY> ReadKey(const std::string& pem) {
  const Pem<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Pem<EVP_PKEY>(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

inline std::string Text(const Pem<BIO>& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

inline std::string Subject(const Pem<X509>& certificate) {
  const Pem<BIO> bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate.get()), 0, XN_FLAG_RFC2253);
  return Text(bio);
}

// As `openssl x509 -text` shows it; empty when there is none.
inline std::string Extension(const Pem<X509>& certificate, int nid) {
  const int at = X509_get_ext_by_NID(certificate.get(), nid, -1);
  if (at < 0) return "";
  const Pem<BIO> bio(BIO_new(BIO_s_mem()));
  X509V3_EXT_print(bio.get(), X509_get_ext(certificate.get(), at), 0, 0);
  return Text(bio);
}

inline bool IsCritical(const Pem<X509>& certificate, int nid) {
  const int at = X509_get_ext_by_NID(certificate.get(), nid, -1);
  return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(certificate.get(), at)) == 1;
}

}  // namespace kmaas::app
