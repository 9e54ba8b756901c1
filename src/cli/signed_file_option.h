// A file of the key service that a command goes by, and who vouches for it.
#pragma once

#include "cli/invocation.h"

namespace kmaas::cli {

struct SignedFileOption {
  std::string file;
  std::string signature;   // a file with base64 of Ed25519; empty: nobody vouches for it
  std::string public_key;  // a file with PEM

  // --signature and --public-key, which go together.
  void AddSignature(CLI::App& command);
  // The bytes; with a signature, once it holds. `how` is said when there is no such file.
  Result<Bytes> Read(std::string_view how) const;
};

}  // namespace kmaas::cli
