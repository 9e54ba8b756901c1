#include "cli/persons.h"

#include <cstdlib>
#include <fstream>

#include "app/pin.h"
#include "base/bytes.h"

namespace kmaas::cli {
namespace {

constexpr char kOfficerPinVariable[] = "KMAAS_SO_PIN";

}  // namespace

Result<SecretBytes> ObtainOfficerPin(const std::string& file, const std::string& token_label) {
  if (!file.empty()) return app::ReadPinFile(file);
  SecretBytes pin = app::TakePinVariable(kOfficerPinVariable);
  if (!pin.empty()) return pin;
  Result<SecretBytes> asked = app::AskPin("Security officer's PIN of token " + token_label);
  if (asked) return asked;
  return Error{ErrorCode::kValidation,
               std::string("no security officer's PIN: give --so-pin-file, set the variable ") +
                   kOfficerPinVariable + ", or run at a terminal"};
}

Result<PersonsKey> ObtainPersonsKey() {
  PersonsKey key;
  if (const char* id = std::getenv("AWS_ACCESS_KEY_ID"); id != nullptr) key.id = id;
  if (key.id.empty()) {
    KM_TRY(const SecretBytes asked, app::AskPin("Your access key id"));
    key.id = ToString(asked.view());
  }
  key.secret = app::TakePinVariable("AWS_SECRET_ACCESS_KEY");
  if (key.secret.empty()) {
    KM_TRY(key.secret, app::AskPin("Secret of access key " + key.id));
  }
  return key;
}

Result<std::string> ReadConsentFile(const std::string& path) {
  constexpr std::size_t kBytesMax = 16'384;
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::kValidation, path + ": cannot be read"};
  std::string text(kBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kBytesMax)
    return Error{ErrorCode::kValidation, path + ": too long for a consent"};
  return text;
}

}  // namespace kmaas::cli
