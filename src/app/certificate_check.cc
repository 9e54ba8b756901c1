#include "app/certificate_check.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>
#include <optional>

#include "app/private_file.h"

namespace kmaas::app {
namespace {

struct Release {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

Error Refused(const std::string& setting, const std::string& file, const std::string& why) {
  ERR_clear_error();
  return {ErrorCode::kValidation, setting + ": " + file + ": " + why};
}

// Encrypted keys are refused rather than asked about at the terminal.
int NoPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) { return -1; }

Result<Owned<BIO>> OpenFile(const std::string& setting, const std::string& file) {
  errno = 0;
  Owned<BIO> bio(BIO_new_file(file.c_str(), "re"));
  if (!bio) {
    const std::string hint =
        errno == ENOENT ? "; `kmaas init` makes one, or name yours in the configuration" : "";
    return Refused(setting, file, "cannot be opened: " + ErrnoText(errno) + hint);
  }
  return bio;
}

// A certificate without an end says 9999 (RFC 5280 section 4.1.2.5), which is beyond WallTime's
// end.
WallTime ToWallTime(const ASN1_TIME* time) {
  constexpr std::int64_t kMillisPerSecond = 1000;
  std::tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  return FromEpochMillis(std::int64_t{timegm(&parts)} * kMillisPerSecond);
}

std::string SubjectOf(X509* certificate) {
  const Owned<BIO> text(BIO_new(BIO_s_mem()));
  if (!text) return "";
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

// The further certificates in a file. One that was cut off, as in a file that is being written,
// would be left out silently.
Result<void> CheckRest(BIO* bio, const std::string& setting, const std::string& file) {
  ERR_clear_error();
  for (;;) {
    const Owned<X509> next(PEM_read_bio_X509(bio, nullptr, NoPassword, nullptr));
    if (next) continue;
    const unsigned long why = ERR_peek_last_error();
    ERR_clear_error();
    if (ERR_GET_LIB(why) == ERR_LIB_PEM && ERR_GET_REASON(why) == PEM_R_NO_START_LINE) return {};
    return Refused(setting, file, "is cut off, or not all of it is certificates in PEM");
  }
}

}  // namespace

Result<CertificateFacts> CheckCertificate(const std::string& certificate_file,
                                          const std::string& private_key_file,
                                          const std::string& setting, WallTime now) {
  const std::string certificate_setting = setting + ".certificate";
  const std::string key_setting = setting + ".private_key";
  KM_TRY(const Owned<BIO> certificate_bio, OpenFile(certificate_setting, certificate_file));
  const Owned<X509> certificate(
      PEM_read_bio_X509(certificate_bio.get(), nullptr, NoPassword, nullptr));
  if (!certificate) {
    return Refused(certificate_setting, certificate_file, "is not a certificate in PEM");
  }
  KM_CHECK(CheckRest(certificate_bio.get(), certificate_setting, certificate_file));
  KM_TRY(const Owned<BIO> key_bio, OpenFile(key_setting, private_key_file));
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, NoPassword, nullptr));
  if (!key) {
    return Refused(key_setting, private_key_file, "is not an unencrypted private key in PEM");
  }
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return Refused(key_setting, private_key_file,
                   "is not the key of the certificate in " + certificate_file);
  }
  CertificateFacts facts{SubjectOf(certificate.get()),
                         ToWallTime(X509_get0_notBefore(certificate.get())),
                         ToWallTime(X509_get0_notAfter(certificate.get()))};
  if (now >= facts.not_after) {
    return Refused(certificate_setting, certificate_file,
                   "expired on " + FormatIso8601(facts.not_after) + "; put a new one in its place");
  }
  if (now < facts.not_before) {
    return Refused(certificate_setting, certificate_file,
                   "is not valid before " + FormatIso8601(facts.not_before) +
                       "; is the clock of this machine right?");
  }
  return facts;
}

Result<WallTime> FirstEndOf(const std::string& file, const std::string& setting) {
  KM_TRY(const Owned<BIO> bio, OpenFile(setting, file));
  std::optional<WallTime> first;
  for (;;) {
    const Owned<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr));
    if (!certificate) break;
    const WallTime end = ToWallTime(X509_get0_notAfter(certificate.get()));
    first = first ? std::min(*first, end) : end;
  }
  ERR_clear_error();  // of the end of the file
  if (!first) return Refused(setting, file, "is not a certificate in PEM");
  return *first;
}

Result<void> CheckAuthorities(const std::string& file, const std::string& setting) {
  KM_TRY(const Owned<BIO> bio, OpenFile(setting, file));
  const Owned<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr));
  if (!certificate) return Refused(setting, file, "is not a certificate in PEM");
  return CheckRest(bio.get(), setting, file);
}

Result<void> CheckHttpsFiles(const HttpsConfig& https, WallTime now) {
  KM_CHECK(CheckCertificate(https.certificate, https.private_key, "https", now));
  return {};
}

Result<void> CheckGrpcFiles(const GrpcConfig& grpc, WallTime now) {
  KM_CHECK(CheckCertificate(grpc.certificate, grpc.private_key, "grpc", now));
  return CheckAuthorities(grpc.client_ca, "grpc.client_ca");
}

}  // namespace kmaas::app
