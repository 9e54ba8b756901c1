// The token and the store behind it, opened in the order in which they depend on each other.
#pragma once

#include <memory>
#include <string>

#include "app/config.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/digest.h"
#include "hsm/engine.h"
#include "hsm/shared_module.h"
#include "records/catalog.h"
#include "storage/anchoring.h"
#include "storage/rollback_check.h"
#include "storage/sqlite/sqlite_store.h"

namespace kmaas::app {

// How long one step of starting or of an operator's command may take.
inline constexpr std::chrono::seconds kStepMax{30};

// The keys that the process holds, derived from the token's integrity key; in locked memory.
struct DerivedKeys {
  SecretBytes row_mac;
  SecretBytes listing_marker;
};
Result<DerivedKeys> DeriveKeys(ports::CryptoEngine& engine, Deadline deadline);

hsm::EngineOptions ToEngineOptions(const HsmConfig& hsm, SecretBytes user_pin);

// Closed in the reverse order; Close() ends the token's module, which must not be left to its exit
// handlers.
struct Foundation {
  std::shared_ptr<hsm::SharedModule> module;
  std::unique_ptr<hsm::Engine> engine;
  std::unique_ptr<storage::Anchoring> anchoring;  // hears of every commit
  std::unique_ptr<storage::SqliteStore> store;
  std::unique_ptr<records::Catalog> catalog;
  std::unique_ptr<crypto::HmacSha256Key> marker_key;
  storage::Evidence evidence;  // of the store's being the newest, as it was when it was opened

  // The last head goes into the token, if it is not there yet.
  void Close();
};

// The token alone: its module and its engine (one login attempt).
Result<Foundation> OpenToken(const Config& config, SecretBytes user_pin, const Clock& clock);

// Opens the token and the database, and checks that the database was made for this token, unless it
// is being made; with kOpenExisting, that it is the newest that token and audit trail remember.
// Borrows the clock. Every error is for the operator: `message` says what was found and what to do.
Result<Foundation> OpenFoundation(const Config& config, SecretBytes user_pin,
                                  storage::OpenMode mode, const Clock& clock);
// The same, without the last check: for whoever judges the evidence himself.
Result<Foundation> OpenUnjudged(const Config& config, SecretBytes user_pin, storage::OpenMode mode,
                                const Clock& clock);

// The message of an error and, when it adds something, its detail: for operators, never for
// callers.
std::string ForOperators(const Error& error);

}  // namespace kmaas::app
