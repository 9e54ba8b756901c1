// The generations of the roots in the token: which there are, which one wraps, how material goes
// from one to the next, and how an old one ends.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/key.h"
#include "ports/material.h"

namespace kmaas::ports {

// Thread-safe. Errors are those of CryptoEngine: a token that is away gives kKeyUnavailable for
// Rewrap and kDependencyTimeout elsewhere.
class TokenRoots {
 public:
  virtual ~TokenRoots() = default;

  // Seeks them in the token, and changes nothing in what wraps. Only those that every class of
  // material has, ascending; costs about 30 us for each object in the token.
  virtual Result<std::vector<std::uint32_t>> Find(Deadline deadline) = 0;

  // Whether every token of a group has the very roots of this generation, so that what one wraps
  // any other opens; proven with throw-away keys. kConflict names the token that has others,
  // kNotFound says that one has none. Over one token: that it has them. Makes an RSA key of 2,048
  // bits.
  virtual Result<void> Prove(std::uint32_t generation, Deadline deadline) = 0;

  // New material is wrapped by this generation from now on, after recoveries too. What is under any
  // other that the token has goes on being opened. The root is on disk when this returns.
  // kNotFound when the token does not have it: then nothing changed.
  virtual Result<void> WrapWith(std::uint32_t generation, Deadline deadline) = 0;

  // Opens wrapped material under its own root and wraps it by the one that wraps, in the token. The
  // new blob has been opened again and the key in it used: it is the same key. Nothing refers to it
  // yet, and the old one stays good. The length of a secret is the row's to keep.
  virtual Result<GeneratedMaterial> Rewrap(const domain::KeyMaterial& material,
                                           Deadline deadline) = 0;

  // Destroys every root of a generation, for good; success means that none is left, read back.
  // kConflict for the one that wraps, kUnsupportedOperation for roots that were made to last.
  // Repeatable: what broke off half way is completed.
  virtual Result<void> Destroy(std::uint32_t generation, Deadline deadline) = 0;
};

}  // namespace kmaas::ports
