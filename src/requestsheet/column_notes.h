// What each column of a request is for, for whoever fills it in.
#pragma once

#include "keyservice/rows/column.h"

namespace kmaas::requestsheet {

const keyservice::Text& NoteOf(keyservice::Column column);

}  // namespace kmaas::requestsheet
