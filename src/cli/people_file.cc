#include "cli/people_file.h"

namespace kmaas::cli {

void PeopleFile::AddOptions(CLI::App& command) {
  command.add_option("--people", from.file, "Who is who")
      ->envname("KMAAS_PEOPLE")
      ->type_name("FILE")
      ->capture_default_str();
  from.AddSignature(command);
}

Result<keyservice::People> PeopleFile::Read() const {
  KM_TRY(const Bytes text,
         from.Read("name it with --people or by the variable KMAAS_PEOPLE (one to begin with "
                   "comes with kmaas: share/kmaas/people.yaml)"));
  return keyservice::People::Parse(AsText(text), from.file);
}

}  // namespace kmaas::cli
