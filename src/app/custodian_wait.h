// A server whose PIN several people give together: what it does until they have.
#pragma once

#include <memory>
#include <optional>

#include "app/config.h"
#include "app/custodian_desk.h"
#include "base/clock.h"
#include "base/listening_socket.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace kmaas::app {

// None unless hsm.pin_from says custodians. Before the process confines itself.
Result<std::optional<CustodianDesk>> OpenDeskIfWanted(const Config& config);

// Answers 503 "waiting for custodians" at the HTTPS port, tells the service manager, and returns
// with the PIN, or with none when the process was told to end. The port is free again then,
// or `listener`, where somebody keeps it.
Result<std::optional<SecretBytes>> AwaitCustodians(const Config& config, CustodianDesk desk,
                                                   const ListeningSocket& listener,
                                                   const Clock& clock);

}  // namespace kmaas::app
