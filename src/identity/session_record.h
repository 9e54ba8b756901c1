// A session as bytes: what session tokens seal.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "ports/session_issuer.h"

namespace kmaas::identity {

// Times are whole seconds. Nothing for a principal that has no session, or is neither user nor
// role.
std::optional<std::string> EncodeSession(const ports::NewSession& session);
// The principal has no access key id.
std::optional<ports::NewSession> DecodeSession(ByteView bytes);

}  // namespace kmaas::identity
