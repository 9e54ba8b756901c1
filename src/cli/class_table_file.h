// The class table that a command goes by.
#pragma once

#include "cli/invocation.h"
#include "keyservice/classes/class_table.h"

namespace kmaas::cli {

struct ClassTableFile {
  std::string file = "/etc/kmaas/classes.yaml";
  std::string signature;   // a file with base64 of Ed25519; empty: nobody vouches for the table
  std::string public_key;  // a file with PEM

  void AddOptions(CLI::App& command);
  // With a signature nothing is read before it holds.
  Result<keyservice::ClassTable> Read() const;
};

}  // namespace kmaas::cli
