// What only the owner of an RSA key can open: CMS EnvelopedData (RFC 5652 section 6).
#pragma once

#include <optional>

#include "base/bytes.h"

namespace kmaas::crypto {

// Whether a DER SubjectPublicKeyInfo is an RSA key of 2048, 3072 or 4096 bits.
bool IsRecipientKey(ByteView spki);

// DER ContentInfo: `content` under AES-256-CBC with a fresh key, which is transported by
// RSAES-OAEP with SHA-256 and MGF1-SHA-256 (RFC 3560) to the one recipient, named by a
// subjectKeyIdentifier (RFC 7093 method 1). Nothing when `recipient` is not an IsRecipientKey.
std::optional<Bytes> Envelop(ByteView recipient, ByteView content);

}  // namespace kmaas::crypto
