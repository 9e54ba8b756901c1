// Somebody who consents, with an own access key, to what an operator is about to do.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/foundation.h"
#include "ports/random_source.h"
#include "records/identity_records.h"

namespace kmaas::app {

// What every consent says, whatever it is to.
struct ConsentFacts {
  std::string access_key_id;
  WallTime time{};
  std::string mfa_code;  // empty: the person has no device
  std::string action;    // that an identity policy must allow, on resource "*"
  // Whether the MAC of the consent is one by this secret.
  std::function<bool(const SecretBytes& secret)> is_signed_by;
};

struct ConsentingPerson {
  records::User user;
  std::string deciding_statement;            // that allowed it
  std::optional<records::MfaDevice> device;  // with its code used up, to be stored
};

// Whether the consent is by an active access key of a user of this database, whose policies allow
// the action, and has a code of the user's MFA device when there is one. kAccessDenied, for the
// operator, when not.
Result<ConsentingPerson> CheckPerson(Foundation& foundation, const ConsentFacts& facts,
                                     ports::RandomSource& random, const Clock& clock);

}  // namespace kmaas::app
