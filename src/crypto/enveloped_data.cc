#include "crypto/enveloped_data.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "crypto/hash.h"
#include "crypto/openssl_keys.h"
#include "crypto/public_key.h"

namespace kmaas::crypto {
namespace {

constexpr int kKeyIdentifierBytes = 20;
constexpr unsigned kFlags = CMS_BINARY | CMS_PARTIAL;  // no canonical text; finished below

using Certificate = Owned<X509, X509_free>;
using Envelope = Owned<CMS_ContentInfo, CMS_ContentInfo_free>;
using Memory = Owned<BIO, BIO_free_all>;

bool AddKeyIdentifier(X509* certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (X509_pubkey_digest(certificate, HashAlgorithm(domain::Digest::kSha256), digest, &size) != 1)
    return false;
  const Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> identifier(ASN1_OCTET_STRING_new());
  return identifier != nullptr &&
         ASN1_OCTET_STRING_set(identifier.get(), digest, kKeyIdentifierBytes) == 1 &&
         X509_add1_ext_i2d(certificate, NID_subject_key_identifier, identifier.get(), 0, 0) == 1;
}

// What cannot be encoded is no certificate to OpenSSL, and what is not signed cannot be.
bool SignByAnybody(X509* certificate) {
  const Owned<EVP_PKEY, EVP_PKEY_free> anybody(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  return anybody != nullptr && X509_sign(certificate, anybody.get(), nullptr) > 0;
}

// CMS names recipients by certificates: this one carries the key and its identifier, no more, and
// never leaves this file.
Certificate CarrierOf(ByteView spki) {
  const unsigned char* at = spki.data();
  const Owned<EVP_PKEY, EVP_PKEY_free> key(
      d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
  Certificate carrier(X509_new());
  if (key == nullptr || carrier == nullptr || X509_set_pubkey(carrier.get(), key.get()) != 1 ||
      X509_set_version(carrier.get(), X509_VERSION_3) != 1 || !AddKeyIdentifier(carrier.get()) ||
      !SignByAnybody(carrier.get()))
    return nullptr;
  return carrier;
}

bool AddRecipient(CMS_ContentInfo* envelope, X509* carrier) {
  CMS_RecipientInfo* recipient =
      CMS_add1_recipient_cert(envelope, carrier, CMS_USE_KEYID | CMS_KEY_PARAM);
  if (recipient == nullptr) return false;
  EVP_PKEY_CTX* context = CMS_RecipientInfo_get0_pkey_ctx(recipient);
  return context != nullptr &&
         SetOaepParameters(context, domain::EncryptionAlgorithm::kRsaesOaepSha256);
}

std::optional<Bytes> Finish(CMS_ContentInfo* envelope, ByteView content) {
  // OpenSSL takes no null for an empty content.
  const std::uint8_t nothing = 0;
  const Memory input(BIO_new_mem_buf(content.empty() ? &nothing : content.data(),
                                     static_cast<int>(content.size())));
  if (input == nullptr || CMS_final(envelope, input.get(), nullptr, CMS_BINARY) != 1)
    return std::nullopt;
  unsigned char* der = nullptr;
  const int size = i2d_CMS_ContentInfo(envelope, &der);
  if (size <= 0) return std::nullopt;
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

bool IsRecipientKey(ByteView spki) {
  using domain::KeySpec;
  for (const KeySpec spec : {KeySpec::kRsa2048, KeySpec::kRsa3072, KeySpec::kRsa4096}) {
    if (PublicKey::Parse(spec, spki)) return true;
  }
  return false;
}

std::optional<Bytes> Envelop(ByteView recipient, ByteView content) {
  if (!IsRecipientKey(recipient)) return std::nullopt;
  const Certificate carrier = CarrierOf(recipient);
  const Envelope envelope(CMS_encrypt(nullptr, nullptr, EVP_aes_256_cbc(), kFlags));
  std::optional<Bytes> sealed;
  if (carrier != nullptr && envelope != nullptr && AddRecipient(envelope.get(), carrier.get()))
    sealed = Finish(envelope.get(), content);
  ERR_clear_error();
  return sealed;
}

}  // namespace kmaas::crypto
