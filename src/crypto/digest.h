// SHA-256 and HMAC-SHA-256 over OpenSSL's EVP, with the algorithm objects fetched once per process.
#pragma once

#include <array>
#include <memory>

#include "base/bytes.h"
#include "base/secret_bytes.h"

struct evp_md_ctx_st;

namespace kmaas::crypto {

using Sha256Digest =
    std::array<std::uint8_t, 32>;  // FIPS 180-4; also an HMAC-SHA-256 tag (FIPS 198-1)

Sha256Digest Sha256(ByteView data);

// Incremental form. One object, one message; not thread-safe.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;
  void Update(ByteView data);
  Sha256Digest Finish();

 private:
  evp_md_ctx_st* context_;
};

Sha256Digest HmacSha256(ByteView key, ByteView data);

// The two keyed states of HMAC (RFC 2104), made once; Tag() goes on from copies of them, which
// saves two of the four compressions and the key set-up. Thread-safe after construction. The states
// are worth the key: OpenSSL cleanses them when they are freed with the object.
class HmacSha256Key {
 public:
  explicit HmacSha256Key(ByteView key);
  ~HmacSha256Key();
  HmacSha256Key(const HmacSha256Key&) = delete;
  HmacSha256Key& operator=(const HmacSha256Key&) = delete;
  Sha256Digest Tag(ByteView data) const;

 private:
  evp_md_ctx_st* inner_;
  evp_md_ctx_st* outer_;
};

// Constant time in the length of `expected`; the lengths themselves are public.
bool ConstantTimeEqual(ByteView actual, ByteView expected);

}  // namespace kmaas::crypto
