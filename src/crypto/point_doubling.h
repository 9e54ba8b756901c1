// A relation that ECDH keeps (NIST SP 800-56A section 5.7.1.2): with twice the peer's point comes
// twice the shared point. Who has no private key can check answers by it.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "domain/key_spec.h"

namespace kmaas::crypto {

// Twice a point of the curve, both uncompressed. Nothing for what is none, and for other specs.
std::optional<Bytes> DoubledPoint(domain::KeySpec spec, ByteView point);

// Whether `of_doubled` is the x-coordinate of twice a point with the x-coordinate `shared`; secrets
// both. False for what belongs to no point of the curve.
[[nodiscard]] bool IsOfDoubledPoint(domain::KeySpec spec, ByteView shared, ByteView of_doubled);

}  // namespace kmaas::crypto
