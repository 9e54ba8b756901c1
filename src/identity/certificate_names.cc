#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "identity/certificate_rules.h"

namespace kmaas::identity {
namespace {

template <auto kFree>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using BioHandle = std::unique_ptr<BIO, Freer<BIO_free>>;
using X509Handle = std::unique_ptr<X509, Freer<X509_free>>;
using NamesHandle = std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>>;

Error Refuse(std::string detail) {
  return {ErrorCode::kUnrecognizedClient, "The security token included in the request is invalid.",
          std::move(detail)};
}

// No passphrase is ever asked for on a terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) { return -1; }

// A NUL would make the name look shorter to whoever reads C strings.
bool ReadName(const ASN1_STRING* name, std::string& out) {
  const int size = ASN1_STRING_length(name);
  if (size <= 0) return false;
  out.assign(AsText({ASN1_STRING_get0_data(name), static_cast<std::size_t>(size)}));
  return out.find('\0') == std::string::npos;
}

void ReadAlternativeNames(const X509* certificate, CertificateNames& names) {
  const NamesHandle list(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (list == nullptr) return;
  for (int i = 0; i < sk_GENERAL_NAME_num(list.get()); ++i) {
    const GENERAL_NAME* entry = sk_GENERAL_NAME_value(list.get(), i);
    std::string name;
    if (entry->type == GEN_URI && ReadName(entry->d.uniformResourceIdentifier, name)) {
      names.uris.push_back(std::move(name));
    } else if (entry->type == GEN_DNS && ReadName(entry->d.dNSName, name)) {
      names.dns.push_back(LowerCaseDns(std::move(name)));
    }
  }
}

bool ReadSubject(const X509* certificate, std::string& subject) {
  const BioHandle out(BIO_new(BIO_s_mem()));
  // RFC 4514, with UTF-8 as it is.
  constexpr unsigned long kForm =
      XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (out == nullptr ||
      X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, kForm) < 0)
    return false;
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  if (size > 0) subject.assign(text, static_cast<std::size_t>(size));
  return true;
}

// The year 9999 stands for no end (RFC 5280 section 4.1.2.5); WallTime ends before it.
bool ReadTime(const ASN1_TIME* time, WallTime& out) {
  using std::chrono::seconds;
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return false;
  constexpr auto kFirst = std::chrono::ceil<seconds>(WallTime::min().time_since_epoch());
  constexpr auto kLast = std::chrono::floor<seconds>(WallTime::max().time_since_epoch());
  out = WallTime(std::clamp(seconds(timegm(&parts)), kFirst, kLast));
  return true;
}

}  // namespace

std::string LowerCaseDns(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

Result<CertificateNames> ReadCertificateNames(std::string_view pem) {
  constexpr std::size_t kPemBytesMax = 65536;
  if (pem.size() > kPemBytesMax) return Refuse("the client certificate is too large");
  const BioHandle in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (in == nullptr) return Refuse("out of memory");
  const X509Handle certificate(PEM_read_bio_X509(in.get(), nullptr, NoPassphrase, nullptr));
  if (certificate == nullptr) return Refuse("the client certificate cannot be read");
  CertificateNames names;
  ReadAlternativeNames(certificate.get(), names);
  if (!ReadSubject(certificate.get(), names.subject) ||
      !ReadTime(X509_get0_notBefore(certificate.get()), names.not_before) ||
      !ReadTime(X509_get0_notAfter(certificate.get()), names.not_after))
    return Refuse("the client certificate has no proper subject or validity");
  return names;
}

}  // namespace kmaas::identity
