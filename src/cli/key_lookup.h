// From what an operator calls a key to the key.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/key.h"
#include "records/catalog.h"

namespace kmaas::cli {

struct KeyName {
  std::string text;     // key id, key ARN, alias name or alias ARN
  std::string account;  // of an alias name; needed when several accounts have it
};

// Never null: kNotFound says how to see all keys. A name without a Region is looked for in each of
// them, and the first that has it counts.
Result<std::shared_ptr<const domain::Key>> FindKey(records::Catalog& catalog,
                                                   const std::vector<std::string>& regions,
                                                   const KeyName& name);

}  // namespace kmaas::cli
