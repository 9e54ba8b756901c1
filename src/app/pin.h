// Where PINs come from: a file, an environment variable or the terminal; never an argument.
#pragma once

#include <string>

#include "app/config.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace kmaas::app {

// The content without one trailing newline. Refuses a file that others can read, an empty one and
// one that cannot be a PIN (over 255 bytes, several lines).
Result<SecretBytes> ReadPinFile(const std::string& path);
// The same for any other secret; `kind` names it in messages: "token".
Result<SecretBytes> ReadSecretFile(const std::string& path, const std::string& kind);
// The variable leaves the environment, and its bytes are overwritten, when it has been read. Call
// before other threads start. Empty when it is not set.
SecretBytes TakePinVariable(const std::string& name);
// Asks at the controlling terminal, without echo. Fails when there is none.
Result<SecretBytes> AskPin(const std::string& prompt);

// As the configuration says: hsm.pin_file, or the variable hsm.pin_environment, and never both: a
// variable beside a file is refused. Empty when neither is set.
Result<SecretBytes> ReadUserPin(const HsmConfig& hsm);

}  // namespace kmaas::app
