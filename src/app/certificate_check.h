// Looks at certificate files before a server takes them, so that what is wrong is said in words.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace kmaas::app {

struct CertificateFacts {
  std::string subject;  // RFC 2253
  WallTime not_before{};
  WallTime not_after{};
};

// Both files can be read, are PEM, belong together, and the leaf is valid at `now`. kValidation
// names the file and what to do. `setting` is the name of the section in the configuration.
Result<CertificateFacts> CheckCertificate(const std::string& certificate_file,
                                          const std::string& private_key_file,
                                          const std::string& setting, WallTime now);
// When the first of the certificates in a PEM file ends. kValidation as above.
Result<WallTime> FirstEndOf(const std::string& file, const std::string& setting);
// The file is PEM with at least one certificate.
Result<void> CheckAuthorities(const std::string& file, const std::string& setting);

}  // namespace kmaas::app
