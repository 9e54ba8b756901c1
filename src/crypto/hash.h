// Hashes and HMACs of the algorithms that keys are used with (FIPS 180-4, FIPS 198-1).
#pragma once

#include "base/bytes.h"
#include "domain/algorithms.h"

struct evp_md_st;

namespace kmaas::crypto {

Bytes Hash(domain::Digest digest, ByteView data);
Bytes Hmac(domain::Digest digest, ByteView key, ByteView data);

// OpenSSL's object, fetched once per process; for this folder.
const evp_md_st* HashAlgorithm(domain::Digest digest);

}  // namespace kmaas::crypto
