// The transport of a destination.
#pragma once

#include <memory>

#include "siem/destination.h"
#include "siem/render/render.h"
#include "siem/transport/socket.h"
#include "siem/transport/transport.h"

namespace kmaas::siem {

// Borrows what `patience` borrows. Opens nothing yet.
std::unique_ptr<Transport> MakeTransport(const Destination& destination, const Producer& producer,
                                         const Patience& patience);

// The files that it names can be read and fit together; a directory for its file is there.
Result<void> CheckDestinationFiles(const Destination& destination);

}  // namespace kmaas::siem
