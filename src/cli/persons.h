// What a command asks of persons: the security officer's PIN, somebody's own access key.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace kmaas::cli {

// From the file, when one is named; else from the variable KMAAS_SO_PIN, else asked at the
// terminal.
Result<SecretBytes> ObtainOfficerPin(const std::string& file, const std::string& token_label);

struct PersonsKey {
  std::string id;
  SecretBytes secret;
};
// As the AWS command line takes it, or asked: never an argument.
Result<PersonsKey> ObtainPersonsKey();

// The text of a consent, which a person brought in a file. kValidation when it cannot be read or is
// too long for one.
Result<std::string> ReadConsentFile(const std::string& path);

}  // namespace kmaas::cli
