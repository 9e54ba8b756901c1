// A core with three keys and a principal who has exactly the permissions that a test gives.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "tests/api/authorisation_rules.h"
#include "tests/api/environment.h"

namespace kmaas::api {

// Each key has a grant, and one of them an alias. Besides the principal only the administrators of
// the two accounts may do anything.
class AuthorisationWorld {
 public:
  AuthorisationWorld();

  // In place of all that was given before.
  void Give(const Permissions& permissions);

  enum class Outcome {
    kPassed,      // authorised, and done or refused for another reason
    kDenied,      // AccessDenied, and nothing was changed
    kOutOfOrder,  // anything else: refused before it was authorised, or denied and changed
  };
  struct Answer {
    Outcome outcome;
    std::string error;  // AWS's name and the message
  };
  // With parameters that the operation takes, on those of the keys that it has parameters for.
  Answer Call(const core::Operation& operation, const std::vector<Place>& keys);
  Answer Send(const std::string& operation, const google::protobuf::Message& request);

  const core::Registry& registry() const { return core_.registry; }

 private:
  struct Site {
    domain::Key key;
    std::string ciphertext;
  };
  Site MakeSite(const std::string& account);
  const Site& At(Place place) const { return sites_[static_cast<std::size_t>(place)]; }
  std::string KeyPolicyOf(Place place, const Permissions& permissions) const;
  std::string IdentityPolicyOf(const Permissions& permissions) const;
  void PutGrantAt(Place place, const Permissions& permissions);
  std::unique_ptr<google::protobuf::Message> RequestFor(const core::Operation& operation,
                                                        const std::vector<Place>& keys) const;

  Environment core_;
  std::array<Site, 3> sites_;
};

}  // namespace kmaas::api
