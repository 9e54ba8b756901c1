// What /metrics says of the workers that PKCS#11 modules run in.
#pragma once

#include "metrics/page.h"

namespace kmaas::app {

// All zero when modules run in kmaasd.
void WriteWorkers(metrics::Page& page);

}  // namespace kmaas::app
