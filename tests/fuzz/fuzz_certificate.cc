// Names of client certificates: the input as PEM, and as the DER inside of PEM, which mutations
// reach better. What is read is safe to compare with rules and to print.
#include <cstdlib>

#include "base/encoding.h"
#include "identity/certificate_rules.h"

namespace {

std::string AsPem(std::string_view der) {
  const std::string text = kmaas::Base64Encode(kmaas::AsBytes(der));
  std::string pem = "-----BEGIN CERTIFICATE-----\n";
  for (std::size_t i = 0; i < text.size(); i += 64) pem += text.substr(i, 64) + "\n";
  return pem + "-----END CERTIFICATE-----\n";
}

bool IsPlain(const std::string& name) {
  return !name.empty() && name.find('\0') == std::string::npos;
}

void Check(std::string_view pem) {
  const auto names = kmaas::identity::ReadCertificateNames(pem);
  if (!names) {
    if (names.error().code != kmaas::ErrorCode::kUnrecognizedClient) std::abort();
    return;
  }
  for (const std::string& uri : names->uris) {
    if (!IsPlain(uri)) std::abort();
  }
  for (const std::string& dns : names->dns) {
    if (!IsPlain(dns) || kmaas::identity::LowerCaseDns(dns) != dns) std::abort();
  }
  if (!kmaas::IsUtf8(names->subject)) std::abort();
  for (const char c : names->subject) {
    if (static_cast<unsigned char>(c) < 0x20) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Check(input);
  Check(AsPem(input));
  return 0;
}
