// The key spec of a row that names none: the least that the class allows.
#pragma once

#include "domain/key_spec.h"
#include "keyservice/classes/class_rules.h"
#include "keyservice/rows/request_row.h"

namespace kmaas::keyservice {

domain::KeySpec DefaultSpec(Purpose purpose, const ClassRules& rules);
domain::KeyUsage UsageOf(Purpose purpose);

}  // namespace kmaas::keyservice
