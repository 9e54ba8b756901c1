// What every call stands on: the ports and the facts of this server. Built once by the composition
// root.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/outbox.h"
#include "crypto/digest.h"
#include "domain/key.h"
#include "ports/audit_sink.h"
#include "ports/credential_uses.h"
#include "ports/crypto_engine.h"
#include "ports/random_source.h"
#include "ports/session_issuer.h"
#include "ports/web_identity.h"
#include "records/catalog.h"

namespace kmaas::ports {
class AttestationVerifier;
class KeyStoreEngines;
class KeyUses;
}  // namespace kmaas::ports

namespace kmaas::core {

// Borrows everything: the composition root outlives all calls. Each port is thread-safe by its own
// contract.
struct Services {
  records::Catalog& catalog;
  ports::CryptoEngine& engine;  // of the service's own token
  ports::AuditSink& audit;
  ports::RandomSource& random;
  const Clock& clock;
  Outbox& outbox;
  const crypto::HmacSha256Key&
      marker_key;      // for listing markers; derived from the HSM's integrity key
  std::string region;  // of the call
  domain::Custody default_custody = domain::Custody::kWrapped;
  ports::CredentialUses* uses = nullptr;  // null: nobody asks when credentials are used
  // Of STS; each may be null where nothing is served that needs it.
  ports::SessionIssuer* sessions = nullptr;
  ports::WebIdentityVerifier* web_identities = nullptr;
  ports::KeyStoreEngines* key_stores = nullptr;        // null: there are no custom key stores
  ports::KeyUses* key_uses = nullptr;                  // null: nobody asks when keys are used
  ports::AttestationVerifier* attestations = nullptr;  // null: Recipient is not served
  std::vector<std::string> regions = {};               // all that are served; empty: `region` alone

  // The engine whose token has the key's material.
  Result<std::shared_ptr<ports::CryptoEngine>> EngineFor(const domain::Key& key) const;
};

}  // namespace kmaas::core
