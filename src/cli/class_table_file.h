// The class table that a command goes by.
#pragma once

#include "cli/signed_file_option.h"
#include "keyservice/classes/class_table.h"

namespace kmaas::cli {

struct ClassTableFile {
  SignedFileOption from{"/etc/kmaas/classes.yaml", {}, {}};

  void AddOptions(CLI::App& command);
  // With a signature nothing is read before it holds.
  Result<keyservice::ClassTable> Read() const;
};

}  // namespace kmaas::cli
