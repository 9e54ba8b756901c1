// The shares of custodians, asked at the terminal.
#pragma once

#include "base/result.h"
#include "base/secret_bytes.h"

namespace kmaas::cli {

// Asks one custodian after the other, without echo, until their shares give the PIN. A typing error
// is said and asked again.
Result<SecretBytes> AskShares();

}  // namespace kmaas::cli
