// Going on with an older database, because two persons say so.
#pragma once

#include <string>
#include <vector>

#include "app/anchored_store.h"
#include "app/foundation.h"
#include "identity/rollback_consent.h"
#include "ports/random_source.h"
#include "records/identity_records.h"

namespace kmaas::app {

// What an identity policy must allow, on resource "*". AWS has no such action: the name is ours.
inline constexpr char kAcceptRollbackAction[] = "kmaas:AcceptRollback";

// The later of what token and audit trail have; zero when they have nothing that can be believed.
ports::StoreHead Remembered(const storage::Evidence& evidence);

// Somebody whose consent counts.
struct Consenter {
  records::User user;
  identity::RollbackConsent consent;
  std::string deciding_statement;            // that allowed it
  std::optional<records::MfaDevice> device;  // with its code used up, to be stored
};

// Whether a consent counts: it is about these heads, not older than an hour, made with an active
// access key of a user of this database, whose policies allow kAcceptRollbackAction, and with a
// code of the user's MFA device when there is one. kValidation or kAccessDenied, for the operator.
Result<Consenter> CheckConsent(Foundation& foundation, const identity::RollbackConsent& consent,
                               ports::RandomSource& random, const Clock& clock);

struct Acceptance {
  std::vector<Consenter> persons;
  storage::Standing standing = storage::Standing::kNewest;  // before
  ports::StoreHead head;                                    // the one that was anchored
};

// Of a foundation that was opened unjudged, for writing. Refuses a database that needs no
// acceptance, and whatever is not the consent of two different users. First the audit trail has the
// record "AcceptRollback", then the database goes beyond every epoch that is remembered, then token
// and trail have its head. The trail that lies there is from then on the one that the database
// remembers, also when it was begun anew after the database was; the record says how far each went.
// What fails on the way leaves a database that is still refused, or accepted and recorded.
Result<Acceptance> AcceptRollback(Foundation& foundation, const Config& config,
                                  const std::vector<identity::RollbackConsent>& consents,
                                  ports::RandomSource& random, const Clock& clock);

}  // namespace kmaas::app
