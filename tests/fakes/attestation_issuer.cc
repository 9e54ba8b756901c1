#include "tests/fakes/attestation_issuer.h"

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <stdexcept>

#include "tests/fakes/cbor_writer.h"

namespace kmaas::fakes {
namespace {

constexpr std::size_t kHalfBytes = 48;
constexpr char kMayIssue[] = "critical,keyCertSign";

template <class T>
T* Require(T* made) {
  if (made == nullptr) throw std::runtime_error("OpenSSL failed");
  return made;
}
void Require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL failed");
}

template <class Encode, class T>
Bytes Der(Encode encode, T* object) {
  unsigned char* der = nullptr;
  const int size = encode(object, &der);
  Require(size > 0);
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

std::string TextOf(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

void AddExtension(X509* certificate, int id, const char* value) {
  X509_EXTENSION* extension = Require(X509V3_EXT_conf_nid(nullptr, nullptr, id, value));
  Require(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

void SetTimes(X509* certificate, WallTime now) {
  using std::chrono::system_clock;
  const std::time_t from = system_clock::to_time_t(now - std::chrono::hours(12));
  const std::time_t to = system_clock::to_time_t(now + std::chrono::hours(12));
  Require(ASN1_TIME_set(X509_getm_notBefore(certificate), from) != nullptr &&
          ASN1_TIME_set(X509_getm_notAfter(certificate), to) != nullptr);
}

// r‖s of the DER signature over a message.
Bytes SignEs384(EVP_PKEY* key, ByteView message) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  Require(EVP_DigestSignInit(context.get(), nullptr, EVP_sha384(), nullptr, key) == 1);
  Bytes der(256);
  std::size_t size = der.size();
  Require(EVP_DigestSign(context.get(), der.data(), &size, message.data(), message.size()) == 1);
  const unsigned char* at = der.data();
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parts(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)), &ECDSA_SIG_free);
  Bytes halves(2 * kHalfBytes);
  Require(BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), halves.data(), kHalfBytes) > 0 &&
          BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), halves.data() + kHalfBytes, kHalfBytes) > 0);
  return halves;
}

}  // namespace

AttestationIssuer::AttestationIssuer(WallTime now, const std::string& name,
                                     const std::string& signer_usage) {
  chain_.push_back(MakeIdentity(name, nullptr, kMayIssue, now));
  chain_.push_back(MakeIdentity("region", &chain_[0], kMayIssue, now));
  chain_.push_back(MakeIdentity("instance", &chain_[1], kMayIssue, now));
  chain_.push_back(MakeIdentity("signer", &chain_[2], signer_usage, now));
}

AttestationIssuer::Identity AttestationIssuer::MakeIdentity(const std::string& name,
                                                            const Identity* issuer,
                                                            const std::string& usage,
                                                            WallTime now) {
  Identity made{{Require(EVP_EC_gen("P-384")), &EVP_PKEY_free}, {Require(X509_new()), &X509_free}};
  X509* certificate = made.certificate.get();
  Require(X509_set_version(certificate, X509_VERSION_3) == 1 &&
          ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1 &&
          X509_set_pubkey(certificate, made.key.get()) == 1);
  SetTimes(certificate, now);
  X509_NAME* subject = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
  Require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1);
  const Identity& signer = issuer != nullptr ? *issuer : made;
  Require(X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get())) == 1);
  AddExtension(certificate, NID_basic_constraints,
               usage == kMayIssue ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!usage.empty()) AddExtension(certificate, NID_key_usage, usage.c_str());
  Require(X509_sign(certificate, signer.key.get(), EVP_sha384()) > 0);
  return made;
}

std::string AttestationIssuer::PemOf(const Identity& identity) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> memory(BIO_new(BIO_s_mem()), &BIO_free_all);
  Require(PEM_write_bio_X509(memory.get(), identity.certificate.get()) == 1);
  return TextOf(memory.get());
}

Bytes AttestationIssuer::leaf() const { return Der(i2d_X509, chain_.back().certificate.get()); }

std::vector<Bytes> AttestationIssuer::cabundle() const {
  std::vector<Bytes> bundle;
  for (std::size_t i = 0; i + 1 < chain_.size(); ++i)
    bundle.push_back(Der(i2d_X509, chain_[i].certificate.get()));
  return bundle;
}

Bytes AttestationIssuer::Payload(const AttestedFacts& facts) const {
  CborWriter out;
  out.Map(9).Text("module_id").Text(facts.module_id).Text("digest").Text(facts.digest);
  out.Text("timestamp").Unsigned(static_cast<std::uint64_t>(ToEpochMillis(facts.time)));
  out.Text(facts.nitro_tpm ? "nitrotpm_pcrs" : "pcrs").Map(facts.pcrs.size());
  for (const auto& [index, value] : facts.pcrs) out.Unsigned(index).ByteString(value);
  out.Text("certificate").ByteString(leaf());
  const std::vector<Bytes> bundle = cabundle();
  out.Text("cabundle").Array(bundle.size());
  for (const Bytes& one : bundle) out.ByteString(one);
  out.Text("public_key");
  if (facts.public_key) {
    out.ByteString(*facts.public_key);
  } else {
    out.Null();
  }
  out.Text("user_data").Null().Text("nonce").ByteString(AsBytes("once"));
  return out.bytes();
}

Bytes AttestationIssuer::Es384Header() {
  return CborWriter().Map(1).Unsigned(1).Negative(-35).bytes();
}

Bytes AttestationIssuer::Sign(ByteView payload, ByteView protected_header) const {
  CborWriter to_be_signed;
  to_be_signed.Array(4).Text("Signature1").ByteString(protected_header).ByteString({});
  to_be_signed.ByteString(payload);
  CborWriter out;
  out.Array(4).ByteString(protected_header).Map(0).ByteString(payload);
  out.ByteString(SignEs384(chain_.back().key.get(), to_be_signed.bytes()));
  return out.bytes();
}

AttestedRecipient::AttestedRecipient(unsigned bits)
    : key_(Require(EVP_RSA_gen(bits)), &EVP_PKEY_free) {}

Bytes AttestedRecipient::public_key() const { return Der(i2d_PUBKEY, key_.get()); }

std::optional<Bytes> AttestedRecipient::Open(ByteView enveloped) const {
  const unsigned char* at = enveloped.data();
  const std::unique_ptr<CMS_ContentInfo, decltype(&CMS_ContentInfo_free)> envelope(
      d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(enveloped.size())),
      &CMS_ContentInfo_free);
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> memory(BIO_new(BIO_s_mem()), &BIO_free_all);
  if (envelope == nullptr || CMS_decrypt(envelope.get(), key_.get(), nullptr, nullptr, memory.get(),
                                         CMS_DEBUG_DECRYPT) != 1)
    return std::nullopt;
  return ToBytes(AsBytes(TextOf(memory.get())));
}

}  // namespace kmaas::fakes
