// A public key that an operator names by a file.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace kmaas::cli {

// The DER SubjectPublicKeyInfo of the one key in PEM in the file; the error names it.
Result<Bytes> ReadPublicKey(const std::string& file);

}  // namespace kmaas::cli
