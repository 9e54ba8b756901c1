// The one table of sentences about requests.
#pragma once

#include "keyservice/rules/finding.h"

namespace kmaas::keyservice {

// A message without its row does not compile, and neither does a row without one language.
const Text& TextOf(Message message);

}  // namespace kmaas::keyservice
