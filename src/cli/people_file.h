// Who is who, as a command goes by.
#pragma once

#include "cli/signed_file_option.h"
#include "keyservice/people/people.h"

namespace kmaas::cli {

struct PeopleFile {
  SignedFileOption from{"/etc/kmaas/people.yaml", {}, {}};

  void AddOptions(CLI::App& command);
  // With a signature nothing is read before it holds.
  Result<keyservice::People> Read() const;
};

}  // namespace kmaas::cli
