// DER SubjectPublicKeyInfo (RFC 5280), in the one form that each kind of key has (RFC 3279, RFC
// 5480, RFC 8410): made from what a token shows of a key, and the parts that a token wants again.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "domain/key_spec.h"

namespace kmaas::crypto {

// Whether the parts make a good key is for PublicKey::Parse to say. Numbers are big-endian, a point
// of a curve is uncompressed.
Bytes RsaPublicKeyInfo(ByteView modulus, ByteView exponent);
Bytes EcPublicKeyInfo(domain::KeySpec spec, ByteView point);
Bytes Ed25519PublicKeyInfo(ByteView point);

// A view into `info`, without leading zeros.
std::optional<ByteView> ModulusOf(ByteView info);
// Uncompressed, also where `info` has it compressed. Nothing for another curve than the spec's, and
// for what is no point of it.
std::optional<Bytes> PointOf(domain::KeySpec spec, ByteView info);

// The named curve of the spec as CKA_EC_PARAMS has it: a DER OBJECT IDENTIFIER.
ByteView CurveOid(domain::KeySpec spec);
// 0x04, x, y.
std::size_t PointBytes(domain::KeySpec spec);
std::size_t CoordinateBytes(domain::KeySpec spec);

}  // namespace kmaas::crypto
