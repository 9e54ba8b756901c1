// All rows of a file at once.
#pragma once

#include "keyservice/rules/row_check.h"

namespace kmaas::keyservice {

enum class Mode { kAllOrNothing, kPartial };

struct FileQuestion {
  const std::vector<SheetRow>& rows;
  crypto::Sha256Digest digest;  // of the file as it came
  std::string_view requester;   // the person
  Mode mode = Mode::kAllOrNothing;
  // Of cells that could not be taken as they stand, whose text is not in `rows`: their rows are not
  // accepted, and nothing else is said of these cells.
  Findings of_cells = {};
};

struct CheckedFile {
  // V13: the file was here before, and this is its request. Nothing else was judged.
  std::optional<std::string> earlier_request;
  Findings findings;               // in the order of rows and columns
  std::vector<LookedUp> accepted;  // V12: without errors; none in the mode all-or-nothing when
                                   // there is an error anywhere
};

struct Surroundings {
  const ClassTable& table;
  const KeyRegister& keys;
  const Directory& people;
  Date today;
};

// The error of a port when one fails; what is wrong with the file is in the findings.
Result<CheckedFile> CheckFile(const FileQuestion& question, const Surroundings& around);

}  // namespace kmaas::keyservice
