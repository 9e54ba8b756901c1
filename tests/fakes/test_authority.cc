#include "tests/fakes/test_authority.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace kmaas::fakes {
namespace {

void Require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("certificates cannot be made: ") + what);
}

std::string Drained(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

std::string ToPem(X509* certificate) {
  BIO* out = BIO_new(BIO_s_mem());
  Require(PEM_write_bio_X509(out, certificate) == 1, "PEM");
  return Drained(out);
}

std::string ToPem(EVP_PKEY* key) {
  BIO* out = BIO_new(BIO_s_mem());
  Require(PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "PEM");
  return Drained(out);
}

X509* Begin(const CertificateOrder& order, long serial, EVP_PKEY* key) {
  X509* made = X509_new();
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), serial);
  ASN1_TIME_set(X509_getm_notBefore(made), order.not_before);
  ASN1_TIME_set(X509_getm_notAfter(made), order.not_after);
  for (const auto& [type, value] : order.subject) {
    Require(X509_NAME_add_entry_by_txt(X509_get_subject_name(made), type.c_str(), MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(value.data()),
                                       static_cast<int>(value.size()), -1, 0) == 1,
            "subject");
  }
  X509_set_pubkey(made, key);
  return made;
}

void AddName(GENERAL_NAMES* names, int type, const std::string& value) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_STRING* text = type == GEN_IPADD ? a2i_IPADDRESS(value.c_str()) : ASN1_IA5STRING_new();
  Require(text != nullptr, "address");
  if (type != GEN_IPADD) ASN1_STRING_set(text, value.data(), static_cast<int>(value.size()));
  GENERAL_NAME_set0_value(name, type, text);
  sk_GENERAL_NAME_push(names, name);
}

void AddAlternativeNames(X509* certificate, const CertificateOrder& order) {
  GENERAL_NAMES* names = sk_GENERAL_NAME_new_null();
  for (const std::string& value : order.uris) AddName(names, GEN_URI, value);
  for (const std::string& value : order.dns) AddName(names, GEN_DNS, value);
  for (const std::string& value : order.addresses) AddName(names, GEN_IPADD, value);
  if (sk_GENERAL_NAME_num(names) > 0)
    X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT);
  GENERAL_NAMES_free(names);
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  context.db = nullptr;
  X509_EXTENSION* made = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  Require(made != nullptr && X509_add_ext(certificate, made, -1) == 1, "extension");
  X509_EXTENSION_free(made);
}

}  // namespace

TestAuthority::TestAuthority(const std::string& name)
    : key_(EVP_EC_gen("P-256")), self_(Begin({.subject = {{"CN", name}}}, 1, key_)) {
  X509_set_issuer_name(self_, X509_get_subject_name(self_));
  AddExtension(self_, self_, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  AddExtension(self_, self_, NID_key_usage, "critical,keyCertSign");
  Require(X509_sign(self_, key_, EVP_sha256()) > 0, "signature");
  own_ = ToPem(self_);
}

TestAuthority::~TestAuthority() {
  X509_free(self_);
  EVP_PKEY_free(key_);
}

IssuedCertificate TestAuthority::Issue(const CertificateOrder& order) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* made = Begin(order, ++serial_, key);
  X509_set_issuer_name(made, X509_get_subject_name(self_));
  AddExtension(made, self_, NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(made, self_, NID_ext_key_usage, order.usage);
  AddAlternativeNames(made, order);
  Require(X509_sign(made, key_, EVP_sha256()) > 0, "signature");
  IssuedCertificate issued{ToPem(made), ToPem(key)};
  X509_free(made);
  EVP_PKEY_free(key);
  return issued;
}

}  // namespace kmaas::fakes
