// Certificates of others, believed because roots that are trusted vouch for them (RFC 5280 section
// 6).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"

struct x509_store_st;

namespace kmaas::crypto {

// Immutable after the last Add, cheap to copy, then thread-safe.
class TrustedRoots {
 public:
  TrustedRoots();
  // The certificates of a PEM text. False, and the roots are of no use any more, when there is none
  // in it, or one that is no authority's own: not self-issued, or without basicConstraints.
  [[nodiscard]] bool Add(std::string_view pem);

  // The DER SubjectPublicKeyInfo of `leaf`, when a chain of `intermediates` (in any order) leads
  // from it to a root, each certificate valid at `now`, of at least 128 bits of security, and an
  // authority's unless it is the leaf, which must be for digital signatures and none. Nothing
  // otherwise. All of them are DER.
  std::optional<Bytes> KeyOf(ByteView leaf, std::span<const ByteView> intermediates,
                             WallTime now) const;

 private:
  std::shared_ptr<x509_store_st> store_;
};

}  // namespace kmaas::crypto
