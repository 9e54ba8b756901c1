// Looks at certificate files before a server takes them, so that what is wrong is said in words.
#pragma once

#include <string>

#include "app/config.h"
#include "base/clock.h"
#include "base/result.h"

namespace kmaas::app {

struct CertificateFacts {
  std::string subject;  // RFC 2253
  WallTime not_before{};
  WallTime not_after{};
};

// Both files can be read, are whole PEM, belong together, and the leaf is valid at `now`.
// kValidation names the file and what to do. `setting` is the name of the section in the
// configuration.
Result<CertificateFacts> CheckCertificate(const std::string& certificate_file,
                                          const std::string& private_key_file,
                                          const std::string& setting, WallTime now);
// When the first of the certificates in a PEM file ends. kValidation as above.
Result<WallTime> FirstEndOf(const std::string& file, const std::string& setting);
// The file is PEM with certificates and nothing that was cut off.
Result<void> CheckAuthorities(const std::string& file, const std::string& setting);

// What a listener needs, as the two above.
Result<void> CheckHttpsFiles(const HttpsConfig& https, WallTime now);
Result<void> CheckGrpcFiles(const GrpcConfig& grpc, WallTime now);

}  // namespace kmaas::app
