#include "app/local_authority.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/secret_bytes.h"

namespace kmaas::app {

struct LocalAuthority::Subject {
  std::string common_name;
  std::string alternative_names;  // OpenSSL's notation; empty for the authority itself
  const char* extended_usage = nullptr;
  int days = 0;
};

namespace {

constexpr int kAuthorityDays = 3650;
constexpr int kEndDays = 730;
constexpr std::size_t kDnsNameBytesMax = 253;
constexpr std::size_t kDnsLabelBytesMax = 63;
constexpr std::size_t kCommonNameBytesMax = 64;  // RFC 5280 appendix A.1

struct Release {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

Error Failed(const char* what) {
  return {ErrorCode::kKmsInternal, std::string("certificates cannot be made: ") + what};
}

bool IsDnsLabel(std::string_view label) {
  return !label.empty() && label.size() <= kDnsLabelBytesMax && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

// What may stand in OpenSSL's notation of a name without changing its meaning.
bool IsPlainUri(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7f && c != ',' && c != ';' && c != '"' && c != '\\';
  });
}

bool AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  context.db = nullptr;
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool SetSerial(X509* certificate, ports::RandomSource& random) {
  std::array<std::uint8_t, 16> bytes{};
  random.Fill(bytes);
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x3fU) | 0x40U);  // positive, always as long
  const Owned<BIGNUM> number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool SetValidity(X509* certificate, WallTime now, int days) {
  constexpr long kSecondsPerDay = 24L * 60 * 60;
  const std::time_t from = std::chrono::system_clock::to_time_t(now - std::chrono::hours(1));
  return ASN1_TIME_set(X509_getm_notBefore(certificate), from) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), from + days * kSecondsPerDay) != nullptr;
}

bool SetName(X509_NAME* name, const std::string& common_name) {
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

std::string Drained(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

Result<CertifiedKey> ToPem(X509* certificate, EVP_PKEY* key) {
  const Owned<BIO> public_part(BIO_new(BIO_s_mem()));
  const Owned<BIO> private_part(BIO_new(BIO_s_secmem()));
  if (!public_part || !private_part || PEM_write_bio_X509(public_part.get(), certificate) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(private_part.get(), key, nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    return Failed("writing PEM");
  }
  return CertifiedKey{Drained(public_part.get()), Drained(private_part.get())};
}

}  // namespace

bool IsIpAddress(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

bool IsHostName(const std::string& text) {
  if (IsIpAddress(text)) return true;
  std::string_view rest = text;
  if (rest.empty() || rest.size() > kDnsNameBytesMax) return false;
  if (rest.substr(0, 2) == "*.") rest.remove_prefix(2);
  while (true) {
    const std::size_t dot = rest.find('.');
    if (!IsDnsLabel(rest.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    rest.remove_prefix(dot + 1);
  }
}

LocalAuthority::LocalAuthority(LocalAuthority&& other) noexcept
    : random_(other.random_),
      now_(other.now_),
      key_(std::exchange(other.key_, nullptr)),
      certificate_(std::exchange(other.certificate_, nullptr)),
      own_(std::move(other.own_)) {}

LocalAuthority::~LocalAuthority() {
  EVP_PKEY_free(key_);
  X509_free(certificate_);
  WipeText(own_.private_key);
}

Result<LocalAuthority> LocalAuthority::Make(const std::string& name, ports::RandomSource& random,
                                            WallTime now) {
  LocalAuthority authority(random, now);
  KM_TRY(authority.own_, authority.Issue({name, "", nullptr, kAuthorityDays}));
  return authority;
}

Result<CertifiedKey> LocalAuthority::IssueServer(const std::vector<std::string>& hosts) {
  std::string names;
  for (const std::string& host : hosts) {
    if (!IsHostName(host)) {
      return Error{ErrorCode::kValidation, "neither an IP address nor a host name: " + host};
    }
    names += (names.empty() ? "" : ",") + std::string(IsIpAddress(host) ? "IP:" : "DNS:") + host;
  }
  if (hosts.empty()) return Error{ErrorCode::kValidation, "a server certificate names a host"};
  const std::string& first = hosts.front();
  return Issue(
      {first.size() <= kCommonNameBytesMax ? first : "kmaas", names, "serverAuth", kEndDays});
}

Result<CertifiedKey> LocalAuthority::IssueClient(const std::string& name, const std::string& uri) {
  if (!IsPlainUri(uri) || name.empty() || name.size() > kCommonNameBytesMax) {
    return Error{ErrorCode::kValidation, "a client certificate needs a short name and a plain URI"};
  }
  return Issue({name, "URI:" + uri, "clientAuth", kEndDays});
}

// The first certificate that is issued is the authority's own.
Result<CertifiedKey> LocalAuthority::Issue(const Subject& subject) {
  const bool own = certificate_ == nullptr;
  Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  Owned<X509> certificate(X509_new());
  if (!key || !certificate) return Failed("generating a key");
  X509* issuer = own ? certificate.get() : certificate_;
  if (X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      !SetSerial(certificate.get(), random_) ||
      !SetValidity(certificate.get(), now_, subject.days) ||
      !SetName(X509_get_subject_name(certificate.get()), subject.common_name) ||
      X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer)) != 1 ||
      X509_set_pubkey(certificate.get(), key.get()) != 1) {
    return Failed("filling in a certificate");
  }
  bool extended = AddExtension(certificate.get(), issuer, NID_subject_key_identifier, "hash") &&
                  AddExtension(certificate.get(), issuer, NID_authority_key_identifier, "keyid");
  if (own) {
    extended =
        extended &&
        AddExtension(certificate.get(), issuer, NID_basic_constraints,
                     "critical,CA:TRUE,pathlen:0") &&
        AddExtension(certificate.get(), issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
  } else {
    extended =
        extended &&
        AddExtension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE") &&
        AddExtension(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature") &&
        AddExtension(certificate.get(), issuer, NID_ext_key_usage, subject.extended_usage) &&
        AddExtension(certificate.get(), issuer, NID_subject_alt_name, subject.alternative_names);
  }
  if (!extended) return Failed("adding extensions");
  if (X509_sign(certificate.get(), own ? key.get() : key_, EVP_sha256()) == 0) {
    return Failed("signing");
  }
  KM_TRY(CertifiedKey issued, ToPem(certificate.get(), key.get()));
  if (own) {
    key_ = key.release();
    certificate_ = certificate.release();
  }
  return issued;
}

}  // namespace kmaas::app
