// A request judged without the service: by whoever is about to send it.
#pragma once

#include "keyservice/classes/class_table.h"
#include "keyservice/rules/surroundings.h"
#include "requestsheet/reading.h"

namespace kmaas::requestsheet {

struct FormQuestion {
  const keyservice::ClassTable& table;
  keyservice::Date today;
  // Null: every person is taken to be known and of the entity.
  const keyservice::Directory* people = nullptr;
  std::string_view requester = "requester";  // the person
};

// What is wrong with cells, and all rules but those that need the register: every key is taken to
// be as the row says.
Result<keyservice::Findings> CheckForm(const RequestSheet& request, const FormQuestion& question);

}  // namespace kmaas::requestsheet
