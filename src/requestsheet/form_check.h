// A request judged without the service: by whoever is about to send it.
#pragma once

#include "keyservice/classes/class_table.h"
#include "requestsheet/reading.h"

namespace kmaas::requestsheet {

// What is wrong with cells, and all rules but those that need the register or the directory: every
// person is taken to be known and of the entity, and every key to be as the row says.
Result<keyservice::Findings> CheckForm(const RequestSheet& request,
                                       const keyservice::ClassTable& table, keyservice::Date today);

}  // namespace kmaas::requestsheet
