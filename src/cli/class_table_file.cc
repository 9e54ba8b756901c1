#include "cli/class_table_file.h"

namespace kmaas::cli {

void ClassTableFile::AddOptions(CLI::App& command) {
  command.add_option("--classes", from.file, "The class table")
      ->envname("KMAAS_CLASSES")
      ->type_name("FILE")
      ->capture_default_str();
  from.AddSignature(command);
}

Result<keyservice::ClassTable> ClassTableFile::Read() const {
  KM_TRY(const Bytes text,
         from.Read("name the class table with --classes or by the variable KMAAS_CLASSES (one to "
                   "begin with comes with kmaas: share/kmaas/classes.yaml)"));
  return keyservice::ParseClassTable(AsText(text), from.file);
}

}  // namespace kmaas::cli
