// Whether a token has the very keys of another one, as cloned tokens have.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "hsm/engine.h"

namespace kmaas::hsm {

// Questions that only the same keys answer alike, with the answers of one token. Immutable; asked
// as often as a member comes back, without the token that it was made with.
class RootChallenge {
 public:
  // What the service's keys derive, which audit key it is, and where it keeps keys of which kind.
  static Result<RootChallenge> OfService(Engine& trusted, Deadline deadline);
  // What throw-away keys say that are wrapped by the roots of one generation, one of each class.
  // Takes about as long as making an RSA key of 2,048 bits. Leaves nothing in the token.
  static Result<RootChallenge> OfRoots(Engine& trusted, std::uint32_t generation,
                                       Deadline deadline);

  // kConflict when an answer is another one: `message` says of which key. Any other error says that
  // it could not be asked, or does not open what the others wrap.
  Result<void> Ask(Engine& other, Deadline deadline) const;

 private:
  using Answering = std::function<Result<Bytes>(Engine& engine, Deadline deadline)>;
  struct Question {
    std::string about;
    Answering answering;
    Bytes expected;
  };

  Result<void> Add(std::string about, Answering answering, Engine& trusted, Deadline deadline);
  struct Root {
    domain::KeySpec spec;
    domain::KeyUsage usage;
    std::uint32_t generation;
  };
  Result<void> AddRoot(const Root& root, Engine& trusted, Deadline deadline);

  std::vector<Question> questions_;
};

}  // namespace kmaas::hsm
